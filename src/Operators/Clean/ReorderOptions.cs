namespace StreamEdge;

/// <summary>
/// Puts the readings of each device into the order of their time: each waits until the device's newest reading is
/// <c>wait</c> ahead of it. What comes later than that goes on at once, out of order. StreamEdge puts such a step in by
/// itself before the first that depends on the order; written here, it stands before all of those of this group.
/// </summary>
/// <example>
/// - clean: { reorder: { wait: 10s, max_held: 5000 } }
/// </example>
public sealed record ReorderOptions : OperatorOptions
{
    /// <summary>How long readings wait for each other, 1ms to 3650d. Default: the <c>wait</c> of the <c>time:</c> block.</summary>
    [Short]
    [Between("1ms", "3650d")]
    public TimeSpan? Wait { get; init; }

    /// <summary>Most readings that a device holds, 1 to 100,000,000. Beyond it the oldest go on before their time, and are counted. Default: 100,000.</summary>
    [Between(1, 100_000_000)]
    public int MaxHeld { get; init; } = Reorder.MostHeld;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("reorder")) return default(Refusal);
        return (Wait ?? context.Pipeline.Time.Wait) > TimeSpan.Zero
            ? new Reorder(context.Input, context.Pipeline, Wait, MaxHeld)
            : context.Fault(nameof(Wait), "reorder waits for nothing, as the 'time:' block says 'wait: 0s'", "write 'reorder: 5s'");
    }
}
