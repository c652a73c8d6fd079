namespace StreamEdge;

/// <summary>What one step or edge did with what it got.</summary>
/// <param name="Name">The step's unique name, or <c>from -> to</c> for an edge.</param>
/// <param name="Part">Where it stands: <c>source</c>, <c>step</c>, <c>edge</c> or <c>sink</c>.</param>
/// <param name="In">Came in.</param>
/// <param name="Created">Was made by it.</param>
/// <param name="Passed">Went on.</param>
/// <param name="Absorbed">Was used up, or handed to the world outside.</param>
/// <param name="Held">Is still in it.</param>
/// <param name="Drops">Was dropped: reason, signal (empty for all signals), count.</param>
public sealed record Account(string Name, string Part, long In, long Created, long Passed, long Absorbed, long Held, IReadOnlyList<(string Reason, string Signal, long Count)> Drops)
{
    /// <summary>What was dropped for all reasons.</summary>
    public long Dropped => Drops.Where(d => d.Signal.Length == 0).Sum(d => d.Count);

    /// <summary>What the account does not explain; 0 when it balances.</summary>
    public long Difference => In + Created - Passed - Absorbed - Dropped - Held;

    /// <summary>Values that rows were written without: reason, column or signal, count. The rows themselves are not among the drops.</summary>
    public IReadOnlyList<(string Reason, string Column, long Count)> LeftOut { get; init; } = [];

    /// <summary>How much passed by signal; for sources and sinks of readings.</summary>
    public IReadOnlyList<(string Signal, long Count)> BySignal { get; init; } = [];
}

/// <summary>
/// The books of a pipeline, an account per source, step, edge and sink, in the order of the data:
/// <c>in + created = passed + absorbed + dropped + held</c> in each.
/// </summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Accounts">The accounts, in the order of the data.</param>
public sealed record Ledger(string Pipeline, IReadOnlyList<Account> Accounts)
{
    /// <summary>Whether every account balances.</summary>
    public bool Balanced => Accounts.All(a => a.Difference == 0);

    internal static Ledger Of(GraphParts graph)
    {
        var accounts = new List<Account>();
        foreach (var stage in graph.Stages)
        {
            accounts.AddRange(stage.Sources.Select(s => Of(s.Name, "source", s.Books, 0, s.Books.Signals)));
            accounts.AddRange(stage.Steps.Select(s => Of(s.Name, "step", s.Books, s.Operator.Held, [])));
            accounts.AddRange(stage.Sinks.Select(s => Of(s.Name, "sink", s.Books, s.Sink.Held, s.Books.Signals)));
        }

        accounts.AddRange(graph.Edges.Select(e => Of(e.Name, "edge", e.Books, Math.Max(0, e.Books.Difference(0)), [])));
        return new(graph.Name, accounts);
    }

    static Account Of(string name, string part, Books books, long held, IReadOnlyList<Signal> signals) =>
        new(name, part, books.In, books.Created, books.Passed, books.Absorbed, held,
            [.. books.Drops.Where(d => d.Total > 0).SelectMany(d => d.BySignal().Select(s => (d.Reason, s.Signal, s.Count)).Prepend((d.Reason, "", d.Total)))])
        {
            BySignal = [.. signals.Select((s, number) => (s.Name, books.BySignal.ElementAtOrDefault(number)))],
            LeftOut = books.LeftOut,
        };
}
