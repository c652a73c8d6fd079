namespace StreamEdge;

/// <summary>Reads the <c>signals:</c> block: what every signal is, declared once.</summary>
static class SignalsReader
{
    public static IReadOnlyList<Signal> Read(MapNode root, Faults faults)
    {
        if (root["signals"] is not MapNode { Entries.Count: > 0 } map)
        {
            if (root["signals"] is ListNode { Items.Count: > 0 } list) faults.Add(list.At, "the signals are a list, but each has a name", "write 'temp: { unit: degC }', without '-'");
            else faults.Add((root["signals"] ?? root).At, "the file declares no signals", "write 'signals:' with a line such as 'temp: { unit: degC }' for each");
            return [];
        }

        var signals = new List<Signal>();
        foreach (var (name, value) in map.Entries)
        {
            // A signal without options is a number without a unit.
            if (value is ScalarNode { Text: "", Quoted: false }) signals.Add(new Signal(name.Text, Kind.Number, null));
            else if (value is ScalarNode { IsNull: false, Refused: false } word)
            {
                faults.Add(word.At, $"signals.{name.Text} is a text, not options", $"write '{name.Text}: {{ {(Unit.TryParse(word.Text, out _) ? "unit" : "type")}: {word.Text} }}'");
                signals.Add(new Signal(name.Text, Kind.Number, null));
            }
            else signals.Add(Read(name.Text, OptionsBinder.Bind(typeof(SignalOptions), $"signals.{name.Text}", value, faults), faults));
        }

        return signals;
    }

    static Signal Read(string name, BoundOptions bound, Faults faults)
    {
        var options = (SignalOptions)bound.Value;
        var numeric = options.Type is Kind.Number or Kind.Integer;
        if (!numeric)
        {
            foreach (var (option, given) in new[] { (nameof(options.Unit), options.Unit is not null), (nameof(options.Range), options.Range is not null), (nameof(options.Tolerance), options.Tolerance is not null), (nameof(options.MaxChange), options.MaxChange is not null) })
                if (given) faults.Add(bound.PositionOf(option), $"signal '{name}' is {(options.Type == Kind.Text ? "text" : "bool")} and has no {OptionsShape.Snake(option)}", "leave it out");
        }

        var before = faults.Count;
        var (change, tolerance) = (MaxChange(name, options, bound, faults), Tolerance(name, options, bound, faults));
        var told = !bound.Sound || faults.Count > before;
        return new Signal(name, options.Type, options.Unit)
        {
            Range = options.Range ?? (IsWrong(nameof(options.Range)) ? new Bounds(0, 1) : null),
            Period = options.Rate?.Period,
            PerSecond = options.Rate?.PerSecond ?? (IsWrong(nameof(options.Rate)) ? double.NaN : null),
            MaxChange = change ?? (IsWrong(nameof(options.MaxChange)) ? 1 : null),
            Tolerance = tolerance ?? (IsWrong(nameof(options.Tolerance)) ? 1 : null),
        };

        // What is written wrong has been told; no step is to tell that it is not written.
        bool IsWrong(string option) => told && bound.NodeOf(option) is not null;
    }

    static double? MaxChange(string name, SignalOptions options, BoundOptions bound, Faults faults)
    {
        if (options.MaxChange is not { } change) return null;
        var at = bound.PositionOf(nameof(options.MaxChange));
        if (!(change.Value > 0)) faults.Add(at, $"the max_change of '{name}' is {change}, but must be above 0", "write how fast it can change, such as 15/s");
        var perSecond = options.Unit is { } unit ? UnitOfRate(unit) : null;
        if (change.Unit is { } written && perSecond is not null && Unit.CanConvert(written, perSecond)) return change.Value * Unit.Conversion(written, perSecond).Scale;
        if (change.Unit is { Dimension: "frequency" } bare && options.Unit is null && Unit.TryParse("1/s", out var each)) return change.Value * Unit.Conversion(bare, each).Scale;
        faults.Add(at, $"the max_change of '{name}' is {change}, which is no speed of {(options.Unit is null ? "a number" : options.Unit.Symbol)}", $"write it like 15 {options.Unit?.Symbol ?? "1"}/s");
        return null;
    }

    static Unit? UnitOfRate(Unit unit) => Unit.TryParse($"{unit}/s", out var rate) ? rate : null;

    static double? Tolerance(string name, SignalOptions options, BoundOptions bound, Faults faults)
    {
        if (options.Tolerance is not { } tolerance) return null;
        var at = bound.PositionOf(nameof(options.Tolerance));
        if (!(tolerance.Value > 0)) faults.Add(at, $"the tolerance of '{name}' is {tolerance}, but must be above 0", "write the error you can live with, such as 0.2");
        if (tolerance.Unit is null || tolerance.Unit == options.Unit) return tolerance.Value;
        if (options.Unit is { } unit && Unit.CanConvert(tolerance.Unit, unit)) return tolerance.Value * Unit.Conversion(tolerance.Unit, unit).Scale;
        faults.Add(at, $"the tolerance of '{name}' is in {tolerance.Unit}, which is no {options.Unit?.Symbol ?? "unit of it"}", "write it in the signal's unit");
        return null;
    }
}
