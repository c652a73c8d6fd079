namespace StreamEdge;

/// <summary>What a window computes: the signals it takes, the columns it makes, and how a group's row is filled.</summary>
sealed class WindowColumns
{
    readonly List<Made> _columns = [];
    readonly List<DetailParts> _parts = []; // by signal
    double[] _rates = []; // by signal, per nanosecond
    int _coverage = -1;

    WindowColumns(Schema schema, bool severalDevices) => (Schema, SeveralDevices) = (schema, severalDevices);

    /// <summary>Numbers of the signals that are computed, in the input's schema.</summary>
    public List<int> Signals { get; } = [];

    /// <summary>What the window emits.</summary>
    public Schema Schema { get; private set; }

    /// <summary>For each tag of a group its place among the tags of a device.</summary>
    public List<int> Tags { get; } = [];

    /// <summary>Whether a group can hold more than one device.</summary>
    public bool SeveralDevices { get; }

    public bool NeedsEnds { get; private set; }

    /// <summary>Whether any column is computed of more than sums.</summary>
    public bool NeedsMoreThanSums { get; private set; }

    /// <summary>Whether any signal needs more than sums and ends.</summary>
    public bool NeedsDetails { get; private set; }

    /// <summary>Whether a column is computed of the value that holds when a window begins, too.</summary>
    public bool CarriesOver { get; private set; }

    /// <summary>Whether bad readings must be known of.</summary>
    public bool NeedsQualities => _parts.Exists(p => p.HasFlag(DetailParts.Qualities));

    /// <summary>What a window needs beside sums and ends, by signal; empty where it needs nothing.</summary>
    public Detail?[] NewDetails() => NeedsDetails ? [.. _parts.Select(p => p == DetailParts.None ? null : new Detail(p))] : [];

    /// <summary>The same for one signal.</summary>
    public Detail? NewDetail(int signal) => _parts[signal] is var parts && parts == DetailParts.None ? null : new Detail(parts);

    /// <summary>Reads the options against the input; null after a fault.</summary>
    public static WindowColumns? Read(WindowOptions options, BuildContext context)
    {
        var tagNames = context.Input.Keys.TagNames;
        var by = options.By ?? tagNames;
        var columns = new WindowColumns(context.Input, severalDevices: by.Count < tagNames.Count);
        var sound = true;
        for (var tag = 0; tag < by.Count; tag++)
        {
            var at = tagNames.ToList().IndexOf(by[tag]);
            if (at < 0) context.Fault(nameof(options.By), $"there is no tag '{by[tag]}'", Suggestion.Remedy(by[tag], tagNames, "the tags are"), item: tag);
            else if (columns.Tags.Contains(at)) context.Fault(nameof(options.By), $"the tag '{by[tag]}' is named twice", "name each once", item: tag);
            sound &= at >= 0 && !columns.Tags.Contains(at);
            columns.Tags.Add(at);
        }

        var made = new List<Column>();
        foreach (var (name, aggregates) in options.Compute) sound &= columns.Add(name, aggregates, made, context);
        if (options.Compute.Count == 0)
        {
            context.Fault(nameof(options.Compute), "the window computes nothing", "write 'compute: { SIGNAL: [mean, max] }'");
            sound = false;
        }

        if (!sound || !columns.AddCoverage(made, options, context)) return null;
        columns.Schema = Schema.Rows(new KeyTable([.. by], signals: 0), context.Input.Codes, made, hasWindow: true, windowLength: options.Length ?? options.Every);
        return columns;
    }

    /// <summary>Fills the columns of a row that are computed of more than sums.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="row">The row.</param>
    /// <param name="end">The window's exclusive end.</param>
    /// <param name="summary">What it holds.</param>
    public void FillRest(Batch batch, int row, long end, in Summary summary)
    {
        for (var column = 0; column < _columns.Count; column++)
        {
            if (_columns[column] is not { Fill: null } of) continue;
            var held = summary.Of(of.Signal, end);
            batch.Column(column)[row] = held.Moments.Count > 0 ? of.Of(held) : of.OfNone;
        }
    }

    /// <summary>Fills the columns that are computed of sums, and the coverage, of all rows from one on; those of little coverage become uncertain.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="from">The first of them.</param>
    /// <param name="sums">What they hold, row by row, in each by signal.</param>
    /// <param name="lengths">How long their windows are, nanoseconds.</param>
    /// <param name="minCoverage">The share of the expected readings that a window needs.</param>
    public void FillSums(Batch batch, int from, ReadOnlySpan<Moments> sums, ReadOnlySpan<long> lengths, double minCoverage)
    {
        for (var column = 0; column < _columns.Count; column++)
            if (_columns[column] is { Fill: { } fill } of) fill(sums[of.Signal..], Signals.Count, of.OfNone, batch.Column(column)[from..]);
        if (_coverage < 0) return;
        var coverages = batch.Column(_coverage)[from..];
        for (var row = 0; row < coverages.Length; row++)
        {
            var coverage = 1.0;
            for (var signal = 0; signal < _rates.Length; signal++)
                if (_rates[signal] > 0) coverage = Math.Min(coverage, sums[(row * Signals.Count) + signal].Count / (_rates[signal] * lengths[row]));
            coverages[row] = coverage;
            if (batch.HasQuality || coverage < minCoverage) batch.Quality[from + row] = coverage < minCoverage ? Quality.Uncertain : Quality.Good;
        }
    }

    bool Add(string name, IReadOnlyList<string> aggregates, List<Column> made, BuildContext context)
    {
        var signals = context.Input.Signals;
        var unnamed = name.Length == 0;
        var number = unnamed ? signals.Count == 1 ? 0 : -1 : context.Input.SignalNumber(name);
        if (number < 0)
        {
            var entry = unnamed ? null : name;
            if (unnamed) context.Fault(nameof(WindowOptions.Compute), $"the file declares {signals.Count} signals, so compute must name them", $"write 'compute: {{ {signals[0].Name}: [{string.Join(", ", aggregates)}] }}'");
            else context.Fault(nameof(WindowOptions.Compute), $"there is no signal '{name}'", Suggestion.Remedy(name, signals.Select(s => s.Name), "the signals are"), entry);
            return false;
        }

        var signal = signals[number];
        if (aggregates.Count == 0)
        {
            var proposed = signal.Kind is Kind.Text or Kind.Bool ? "[count, last]" : "[mean, max]";
            context.Fault(nameof(WindowOptions.Compute), $"nothing is computed of '{signal.Name}'", $"write '{signal.Name}: {proposed}', or leave it out", unnamed ? null : name);
            return false;
        }

        var sound = true;
        _parts.Add(DetailParts.None);
        for (var item = 0; item < aggregates.Count; item++)
        {
            var aggregate = Aggregate.Find(aggregates[item], context.Input.Codes);
            if (aggregate is null) Fault($"there is no '{aggregates[item]}' to compute", Aggregate.Meant(aggregates[item]) ?? Suggestion.Remedy(aggregates[item], Aggregate.Table.Select(a => a.Name).Concat(Aggregate.Families.Select(f => f.Word)), "there are"), item);
            else if (aggregate.Numbers && signal.Kind is Kind.Text or Kind.Bool) Fault($"'{aggregate.Name}' needs numbers, but '{signal.Name}' is {signal.Kind.ToString().ToLowerInvariant()}", "write count, first, last, mode or time_in(TEXT)", item);
            else if (aggregates.Take(item).Contains(aggregate.Name)) Fault($"'{aggregate.Name}' of '{signal.Name}' is computed twice", "leave one out", item);
            else
            {
                _columns.Add(new(Signals.Count, aggregate.OfA(signal), aggregate.OfSums, aggregate.Name == "count" ? Slot.Of(0) : Slot.MissingOf(aggregate.Kind(signal.Kind))));
                NeedsMoreThanSums |= aggregate.OfSums is null;
                NeedsEnds |= aggregate.NeedsEnds;
                CarriesOver |= aggregate.CarriesOver;
                _parts[^1] |= aggregate.Needs;
                NeedsDetails |= aggregate.Needs != DetailParts.None;
                made.Add(new Column(unnamed ? aggregate.Name : $"{signal.Name}_{aggregate.Name}", aggregate.Kind(signal.Kind), aggregate.Unit(signal.Unit)));
            }
        }

        Signals.Add(number);
        return sound;

        void Fault(string what, string remedy, int item)
        {
            context.Fault(nameof(WindowOptions.Compute), what, remedy, unnamed ? null : name, item);
            sound = false;
        }
    }

    bool AddCoverage(List<Column> made, WindowOptions options, BuildContext context)
    {
        _rates = [.. Signals.Select(s => context.Input.Signals[s].Period is { } period ? 1.0 / Nanoseconds.Of(period) : 0)];
        if (_rates.Any(r => r > 0))
        {
            _coverage = made.Count;
            made.Add(new Column(Columns.Coverage, Kind.Number) { Range = Bounds.Share });
        }
        else if (options.MinCoverage.Fraction > 0)
        {
            context.Fault(nameof(options.MinCoverage), "no signal of the window declares a rate, so its coverage is unknown", "declare 'rate: 1/s' for one of them");
            return false;
        }

        return true;
    }

    /// <summary>One column: the signal's place, what is computed of it, the same of many rows' sums where these are enough, and what stands where there was no reading.</summary>
    sealed record Made(int Signal, Aggregate.Value Of, OfSums? Fill, double OfNone);
}
