namespace StreamEdge;

/// <summary>
/// Finds the steps that dropped readings as late and read several inputs, or read a step that does: a machine's clock is
/// its newest reading, whichever input that came from, so that what comes along another one is late, however long
/// <c>wait</c> is. A person should know that, and what helps.
/// </summary>
static class RanAhead
{
    /// <summary>What to tell of each such step.</summary>
    public static IEnumerable<(string Step, string Text)> In(Plan plan, Ledger ledger)
    {
        foreach (var account in ledger.Accounts.Where(a => a.Drops.Any(d => d.Reason == "late")))
        {
            if (plan.Steps.FirstOrDefault(s => s.Name == account.Name) is not { } step || Meeting(step) is not { Inputs: var inputs }) continue;
            var sources = inputs.SelectMany(Sources).ToList();
            var fromOne = sources.Distinct().Count() < sources.Count;
            if (!fromOne && plan.Context.Time.Clock == ClockKind.Shared) continue; // it waits for all sources
            yield return (step.Name, $"late: one of {string.Join(", ", inputs.Select(i => i.Name))} may have run ahead of the others; {(fromOne ? "give each its own window or align, and join these" : "'time: { clock: shared }' waits for all sources")}");
        }
    }

    /// <summary>The step itself or the nearest before it at which several inputs become one; null where there is none.</summary>
    static PlannedStep? Meeting(PlannedStep step) => step.Inputs.Count switch
    {
        0 => null,
        1 => Meeting(step.Inputs[0]),
        _ => step.Options is OperatorOptions { TellsInputsApart: true } ? null : step,
    };

    static IEnumerable<PlannedStep> Sources(PlannedStep step) => step.Inputs.Count == 0 ? [step] : step.Inputs.SelectMany(Sources).Distinct();
}
