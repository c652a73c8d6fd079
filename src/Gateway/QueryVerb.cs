using System.CommandLine;

namespace StreamEdge;

/// <summary><c>streamedge query</c>: shows what the stores hold.</summary>
sealed class QueryVerb : Verb
{
    /// <summary>Rows of a table, where the command line does not say how many.</summary>
    const int ShownByDefault = 20;

    /// <summary>Rows that a table may have: it must be kept whole to align its columns.</summary>
    const int MostOfTable = 10_000;

    /// <summary>Names of one kind that are listed.</summary>
    const int MostListed = 100;

    readonly Argument<string?> _pipeline = new("PIPELINE") { Description = "A pipeline's name. Without it: what there is.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string[]> _field = new("--field", "--signal") { HelpName = "NAME", Description = "A signal or column to show; may be repeated. Default: all.", DefaultValueFactory = _ => [] };
    readonly Option<string[]> _tag = new("--tag") { HelpName = "NAME=VALUE", Description = "Only what has this tag; may be repeated.", DefaultValueFactory = _ => [] };
    readonly Option<string?> _measurement = new("--measurement") { HelpName = "NAME", Description = "The measurement, where a sink gave one of its own." };
    readonly Option<string?> _from = new("--from") { HelpName = "INSTANT", Description = "The first instant: 2026-01-01T06:30:00Z." };
    readonly Option<string?> _to = new("--to") { HelpName = "INSTANT", Description = "The first instant that is no longer shown." };
    readonly Option<int?> _last = new("--last") { HelpName = "N", Description = "Only the newest N rows. Default: 20 of a table, else all." };
    readonly Option<string?> _every = new("--every") { HelpName = "DURATION", Description = "Takes the points of each such stretch together: 1m." };
    readonly Option<StoreAggregate> _take = new("--take") { HelpName = "mean|min|max|last", Description = "What --every makes of them. Default: mean." };
    readonly Option<RowFormat> _format = new("--format") { HelpName = "table|csv|json", Description = "How rows are shown; json is one object a line. Default: table." };
    readonly Option<string> _state = SharedOptions.State();

    public QueryVerb() : base("query", "Shows what is stored.", "streamedge query demo --field temp_mean --tag machine=m1 --every 10m --last 6")
    {
        Add(_pipeline);
        foreach (var option in new Option[] { _field, _tag, _measurement, _from, _to, _last, _every, _take, _format, _state }) Add(option);
    }

    /// <inheritdoc/>
    public override string Detail => "Without a pipeline: what there is. With one: its rows, the newest last; also while it runs.";

    /// <inheritdoc/>
    public override Task<int> RunAsync(ParseResult given, Terminal terminal, Catalog steps)
    {
        var state = SharedOptions.StateOf(given, _state);
        Check(given);
        var read = new List<bool>();
        if (given.GetValue(_pipeline) is not { } pipeline)
        {
            foreach (var file in Stores.In(state)) read.Add(Read(file, () => ShowSeries(file, terminal)));
        }
        else
        {
            var store = Stores.Of(pipeline, state);
            read.Add(Read(store, () => ShowRows(given, pipeline, store, terminal)));
        }

        return Task.FromResult(read.Contains(false) ? Exit.Mistakes : Exit.Fine);

        bool Read(string file, Action show)
        {
            try
            {
                show();
                return true;
            }
            catch (ArgumentException error)
            {
                throw new MisuseException($"query: {error.Message}");
            }
            catch (Exception error) when (StoreTrouble.Is(error))
            {
                terminal.Error.WriteLine($"streamedge: {StoreTrouble.Text(file, error)}");
                return false;
            }
        }
    }

    /// <summary>Refuses what would have no effect.</summary>
    void Check(ParseResult given)
    {
        if (given.GetValue(_pipeline) is null && Options.FirstOrDefault(o => o != _state && IsGiven(o)) is { } option)
            throw new MisuseException($"query: {option.Name} goes with a pipeline; write 'streamedge query PIPELINE {option.Name} {option.HelpName}'");
        if (IsGiven(_take) && !IsGiven(_every)) throw new MisuseException("query: --take says what --every makes; add --every 1m, or leave it out");

        bool IsGiven(Option option) => given.GetResult(option) is { Implicit: false };
    }

    static void ShowSeries(string file, Terminal terminal)
    {
        using var reader = StoreReader.Open(file);
        foreach (var series in reader.Series().GroupBy(s => s.Measurement))
        {
            var fields = series.SelectMany(s => s.Fields).ToList();
            var (first, last) = (fields.Min(f => f.First), fields.Max(f => f.Last));
            terminal.Out.WriteLine(series.Key == Stores.NameOf(file) ? series.Key : $"{Stores.NameOf(file)}, measurement {series.Key}");
            if (first is not null && last is not null) HelpText.Hang("  from    ", $"{TimeText.Iso(first.Value)} to {TimeText.Iso(last.Value)}", 10, terminal.Out);
            foreach (var tag in series.SelectMany(s => s.Tags).GroupBy(t => t.Name, t => t.Value)) HelpText.Hang("  tag     ", $"{tag.Key}: {Listed(tag)}", 10, terminal.Out);
            HelpText.Hang("  fields  ", Listed(fields.Select(f => f.Unit.Length == 0 ? f.Name : $"{f.Name} ({f.Unit})")), 10, terminal.Out);
        }
    }

    static string Listed(IEnumerable<string> names)
    {
        var all = names.Distinct().Order(StringComparer.Ordinal).ToList();
        return all.Count <= MostListed ? string.Join(", ", all) : $"{string.Join(", ", all.Take(MostListed))} and {all.Count - MostListed:N0} more";
    }

    void ShowRows(ParseResult given, string pipeline, string store, Terminal terminal)
    {
        var format = given.GetValue(_format);
        using var reader = StoreReader.Open(store);
        var query = Query(given, pipeline, reader);
        var isOpen = query.Last is null && format == RowFormat.Table;
        if (isOpen) query = query with { Last = query.From == long.MinValue && query.Until == long.MaxValue ? ShownByDefault : MostOfTable };
        var answer = reader.Select(query);
        var rows = RowText.Write(answer, format, terminal);
        if (isOpen && rows == query.Last) terminal.Error.WriteLine($"The newest {rows:N0} rows; --last N shows more, --format csv all.");
        if (rows == 0) terminal.Error.WriteLine("No row is in that time.");
    }

    StoreQuery Query(ParseResult given, string pipeline, StoreReader reader) => new()
    {
        Measurement = given.GetValue(_measurement) ?? (reader.Series().Any(s => s.Measurement == pipeline) ? pipeline : null),
        Fields = given.GetRequiredValue(_field),
        Tags = [.. given.GetRequiredValue(_tag).Select(Tag)],
        From = Moment(given.GetValue(_from), "--from") ?? long.MinValue,
        Until = Moment(given.GetValue(_to), "--to") ?? long.MaxValue,
        Last = given.GetValue(_last),
        Every = given.GetValue(_every) is { } every ? Stretch(every) : null,
        Aggregate = given.GetValue(_take),
    };

    static (string Name, string Value) Tag(string text) => text.IndexOf('=') is > 0 and var at
        ? (text[..at], text[(at + 1)..])
        : throw new MisuseException($"query: --tag {Visible.Quote(text)} has no value; write it like machine=m1");

    static long? Moment(string? text, string option)
    {
        if (text is null) return null;
        return Instant.TryParse(text, out var instant, out var wrong) ? instant.UnixNanoseconds : throw new MisuseException($"query: {option}: {wrong}");
    }

    static TimeSpan Stretch(string text) => Duration.TryParse(text, out var every, out var wrong) ? every : throw new MisuseException($"query: --every: {wrong}");
}
