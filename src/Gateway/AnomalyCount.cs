namespace StreamEdge;

/// <summary>Counts the rows that a pipeline's steps mark as anomalies.</summary>
sealed class AnomalyCount
{
    readonly List<(string Step, long[] Counts)> _steps = [];

    public AnomalyCount(Plan plan, Graph graph)
    {
        foreach (var step in plan.Steps.Where(Marks))
        {
            var counts = new long[2];
            var column = step.Output!.ColumnNumber(Columns.Anomaly);
            _steps.Add((step.Name, counts));
            // Watches until the graph ends. Its failure is told by the run itself, hence the empty handler.
            graph.Observe(step.Name).Subscribe(
                batch =>
                {
                    foreach (var slot in batch.Bits(column)) counts[0] += slot == 1 ? 1 : 0;
                    counts[1] += batch.Count;
                    batch.Release();
                },
                _ => { });
        }
    }

    /// <summary>Per marking step: how many rows it marked, of how many.</summary>
    public IEnumerable<(string Step, long Marked, long Rows)> Steps => _steps.Select(s => (s.Step, s.Counts[0], s.Counts[1]));

    // The step that adds the column, not those that pass it on.
    static bool Marks(PlannedStep step) =>
        step.Output?.ColumnNumber(Columns.Anomaly) >= 0 && step.Inputs.All(i => i.Output!.ColumnNumber(Columns.Anomaly) < 0);
}
