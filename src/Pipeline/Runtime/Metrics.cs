using System.Diagnostics.Metrics;

namespace StreamEdge;

/// <summary>
/// The books of a running pipeline as metrics of the meter <c>StreamEdge</c>, tagged with pipeline and step. They are
/// read from the books when a listener asks, so counting them costs the data nothing.
/// </summary>
sealed class Metrics : IDisposable
{
    /// <summary>The meter's name, for listeners.</summary>
    public const string MeterName = "StreamEdge";

    readonly Meter _meter = new(MeterName);
    readonly GraphParts _graph;

    public Metrics(GraphParts graph)
    {
        _graph = graph;
        Count("streamedge.in", "Readings or rows that came in.", a => a.In);
        Count("streamedge.passed", "Readings or rows that went on.", a => a.Passed);
        Count("streamedge.created", "Readings or rows that the step made itself, such as windows.", a => a.Created);
        Count("streamedge.absorbed", "Readings or rows that were used up, or handed to the world outside.", a => a.Absorbed);
        _meter.CreateObservableCounter("streamedge.dropped", Drops, "{row}", "Readings or rows that were dropped, by reason.");
        _meter.CreateObservableCounter("streamedge.left_out", LeftOut, "{value}", "Values that rows or readings were written without, by reason.");
        _meter.CreateObservableUpDownCounter("streamedge.held", () => Of("step", "sink", a => a.Held), "{row}", "Readings or rows that the step holds undecided.");
        _meter.CreateObservableUpDownCounter("streamedge.queue.waiting", () => Of("edge", "edge", a => a.Held), "{row}", "Readings or rows that wait in the queue before a step.");
        _meter.CreateObservableUpDownCounter("streamedge.batches", () => new Measurement<int>(graph.Pool.InUse, new KeyValuePair<string, object?>("pipeline", graph.Name)), "{batch}", "Batches that are on their way or held.");
    }

    public void Dispose() => _meter.Dispose();

    void Count(string name, string what, Func<Account, long> figure) =>
        _meter.CreateObservableCounter(name, () => Accounts().Select(a => new Measurement<long>(figure(a), Tags(a))), "{row}", what);

    IEnumerable<Measurement<long>> Of(string part, string otherPart, Func<Account, long> figure) =>
        Accounts().Where(a => a.Part == part || a.Part == otherPart).Select(a => new Measurement<long>(figure(a), Tags(a)));

    IEnumerable<Measurement<long>> Drops() =>
        from account in Accounts()
        from drop in account.Drops
        where drop.Signal.Length == 0
        select new Measurement<long>(drop.Count, [.. Tags(account), new("reason", drop.Reason)]);

    IEnumerable<Measurement<long>> LeftOut() =>
        from account in Accounts()
        from reason in account.LeftOut.GroupBy(l => l.Reason)
        select new Measurement<long>(reason.Sum(l => l.Count), [.. Tags(account), new("reason", reason.Key)]);

    IReadOnlyList<Account> Accounts() => Ledger.Of(_graph).Accounts;

    KeyValuePair<string, object?>[] Tags(Account account) => [new("pipeline", _graph.Name), new("step", account.Name)];
}
