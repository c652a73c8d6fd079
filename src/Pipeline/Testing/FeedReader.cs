namespace StreamEdge;

/// <summary>Reads the <c>feed:</c> of a test: what each source gives, when it was measured and when it arrives.</summary>
sealed class FeedReader(Plan plan, IReadOnlyDictionary<string, string> tags, Faults faults)
{
    /// <summary>Most readings of a test.</summary>
    public const int MostReadings = 1_000_000;

    static readonly string[] s_keys = [.. OptionsShape.Of(typeof(FeedOptions)).Options.Where(o => o.Property.Name != nameof(FeedOptions.Signals)).Select(o => o.Key)];

    readonly List<PlannedStep> _sources = [.. plan.Steps.Where(s => s.Source is not null)];
    readonly IReadOnlyList<string> _tagNames = plan.Context.Readings.Keys.TagNames;
    readonly List<FedReadings> _items = [];
    long? _end; // of the item before
    long _newest = long.MinValue, _idleUntil = long.MinValue; // arrivals
    long _readings;

    public IReadOnlyList<FedReadings> Read(IReadOnlyList<MapNode> feed, BoundOptions test)
    {
        if (feed.Count == 0) faults.Add(test.PositionOf(nameof(TestOptions.Feed)), "the feed is empty", "write '- { at: 2026-01-01T00:00:00Z, … }' below it");
        CheckTags(test.NodeOf(nameof(TestOptions.Tags)));
        foreach (var item in feed)
        {
            var bound = OptionsBinder.Bind(typeof(FeedOptions), "feed", item, faults);
            if (!bound.Sound) continue;
            var options = (FeedOptions)bound.Value;
            if (options.Idle is { } idle) ReadIdle(idle, item, bound);
            else ReadReadings(options, item, bound);
        }

        return _items;
    }

    void ReadIdle(TimeSpan idle, MapNode item, BoundOptions bound)
    {
        var at = bound.PositionOf(nameof(FeedOptions.Idle));
        foreach (var (key, _) in item.Entries.Where(e => e.Key.Text != "idle"))
            faults.Add(key.At, $"'{key.Text}' stands beside idle, a time without readings", "put them into two items");
        var from = Math.Max(_newest, _end ?? long.MinValue);
        if (_end is null) faults.Add(at, "idle follows readings, and none are written before it", "begin the feed with readings");
        else if ((Int128)from + Nanoseconds.Of(idle) > Nanoseconds.Max) faults.Add(at, "it lies outside the years 1678 to 2262");
        else
        {
            _end = _newest = _idleUntil = from + Nanoseconds.Of(idle);
            _items.Add(new(0, [], Quality.Good, new(_idleUntil, 0, 1, _idleUntil), null, 0, []));
        }
    }

    void ReadReadings(FeedOptions options, MapNode item, BoundOptions bound)
    {
        CheckTags(item["tags"]);
        var source = SourceOf(options, item, bound);
        var values = Values(options, item, source);
        if (options.At is not { } at)
        {
            faults.Add(item.At, "the item does not say when", "write 'at: 2026-01-01T00:00:00Z', or 'at: +1s' for a second behind the item before");
            return;
        }

        var place = bound.PositionOf(nameof(FeedOptions.At));
        var listed = values.Select(v => v.Slots.Length).DefaultIfEmpty(1).Max();
        if (listed > 1 && at.Every is null) faults.Add(place, "a list of values needs to know how often", $"write 'at: {at} every 1s'");
        else if (!at.TryResolve(_end, listed, out var series, out var wrong)) faults.Add(place, wrong.What, wrong.Remedy);
        else if ((_readings += (long)series.Count * values.Count) > MostReadings) faults.Add(place, $"the test feeds {_readings:N0} readings, more than {MostReadings:N0}", "write a shorter time or a longer 'every'");
        else Add(new FedReadings(source < 0 ? 0 : source, TagsOf(options), options.Quality, series, options.Arrives?.At?.UnixNanoseconds, Nanoseconds.Of(options.Arrives?.Later ?? default), values), place);
    }

    void Add(FedReadings item, Position at)
    {
        var (first, last) = (item.Arrival(0), (Int128)item.Times[item.Times.Count - 1] + item.Delay);
        if (last > Nanoseconds.Max) faults.Add(at, "it arrives outside the years 1678 to 2262");
        else if (first < _idleUntil) faults.Add(at, $"it arrives at {new Instant(first)}, within the idle time before it, which lasts until {new Instant(_idleUntil)}", $"write a time from {new Instant(_idleUntil)} on, or 'arrives:'");
        else
        {
            _items.Add(item);
            (_end, _newest) = (item.Times.End, Math.Max(_newest, item.Arrival(item.Times.Count - 1)));
        }
    }

    int SourceOf(FeedOptions options, MapNode item, BoundOptions bound)
    {
        if (options.Source is null && _sources.Count == 1) return 0;
        var number = _sources.FindIndex(s => s.Name == options.Source);
        if (options.Source is null) faults.Add(item.At, "the item does not say which source gives it", $"write 'source:' with one of {string.Join(", ", _sources.Select(s => s.Name))}");
        else if (number < 0) faults.Add(bound.PositionOf(nameof(FeedOptions.Source)), $"there is no source {Visible.Quote(options.Source)}", Suggestion.Remedy(options.Source, _sources.Select(s => s.Name), "the sources are"));
        return number;
    }

    List<FedValues> Values(FeedOptions options, MapNode item, int source)
    {
        var values = new List<FedValues>();
        var before = faults.Count;
        foreach (var (key, node) in SignalEntries(options, item))
        {
            var signals = (source < 0 ? plan.Context.Readings : _sources[source].Output!).Signals;
            var number = signals.Select(s => s.Name).ToList().IndexOf(key.Text);
            if (number < 0) faults.Add(key.At, $"there is no signal {Visible.Quote(key.Text)}", Suggestion.Remedy(key.Text, signals.Select(s => s.Name).Concat(s_keys), "the signals are"));
            else if (values.Exists(v => v.Signal == number)) faults.Add(key.At, $"the signal '{key.Text}' stands twice", "write it once");
            else if (TestValues.Read(number, key.Text, node, signals[number].Kind, signals[number].Unit, faults) is { } read) values.Add(read);
        }

        if (values.Count == 0 && faults.Count == before) faults.Add(item.At, "the item has no signal", $"write '{plan.Context.Readings.Signals[0].Name}: 1', or 'idle: 1m' for a time without readings");
        var lengths = values.Where(v => v.Slots.Length > 1).Select(v => v.Slots.Length).Distinct().ToList();
        if (lengths.Count > 1) faults.Add(item.At, $"its lists have {string.Join(" and ", lengths.Order())} values", "write lists of one length");
        return values;
    }

    static IEnumerable<MapNode.Entry> SignalEntries(FeedOptions options, MapNode item)
    {
        var entries = item.Entries.Where(e => options.Signals.ContainsKey(e.Key.Text));
        return item["values"] is MapNode further ? entries.Concat(further.Entries) : entries;
    }

    string[] TagsOf(FeedOptions options) => [.. _tagNames.Select(t => options.Tags.GetValueOrDefault(t) ?? tags.GetValueOrDefault(t, ""))];

    void CheckTags(Node? written)
    {
        foreach (var (key, _) in (written as MapNode)?.Entries ?? [])
            if (!_tagNames.Contains(key.Text)) faults.Add(key.At, $"the sources give no tag {Visible.Quote(key.Text)}", _tagNames.Count == 0 ? "leave it out" : Suggestion.Remedy(key.Text, _tagNames, "the tags are"));
    }
}
