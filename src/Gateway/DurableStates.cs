namespace StreamEdge;

/// <summary>What pipelines keep to go on where they were, each in the folder STATE/PIPELINE.state, which no output is written to.</summary>
sealed class DurableStates : IDisposable
{
    readonly Dictionary<string, DurableState> _states = new(StringComparer.Ordinal);

    /// <summary>Opens the folders.</summary>
    /// <exception cref="MisuseException">One of them cannot be used.</exception>
    public static DurableStates In(string state, IReadOnlyList<Plan> plans, bool fresh, TimeProvider time)
    {
        var states = new DurableStates();
        foreach (var plan in plans)
        {
            var folder = Path.Combine(state, $"{plan.Context.Name}.state");
            try
            {
                var kept = states._states[plan.Context.Name] = new DurableState(new DiskFiles(folder), plan.Context.Durable, time);
                if (fresh) kept.Clear();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                states.Dispose();
                throw new MisuseException($"the folder {Visible.Quote(folder)}, where the pipeline keeps its state, cannot be used: {error.Message}");
            }
        }

        return states;
    }

    /// <summary>The state of a pipeline.</summary>
    public DurableState Of(string pipeline) => _states[pipeline];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in _states.Values) state.Dispose();
    }
}
