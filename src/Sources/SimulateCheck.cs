namespace StreamEdge;

/// <summary>Checks the options of a simulation.</summary>
static class SimulateCheck
{
    /// <summary>Reports every fault; the models of the signals to make, none where there is a fault.</summary>
    public static IReadOnlyList<SignalModel> Check(SimulateSourceOptions options, BuildContext context)
    {
        var sound = true;
        if (options.Length is null && options.Speed == Speed.Max)
            Fault(nameof(options.Length), "a simulation without length never ends, and at full speed it floods everything", "write 'length: 6h', or 'speed: 1x'");
        if (options.Tag.Length == 0) Fault(nameof(options.Tag), "the tag of the machines has no name", "write 'tag: machine'");
        if (options.Labels is not null && (options.Faults is null || !options.Faults.All().Any()))
            Fault(nameof(options.Labels), "there are no faults to write down", "give 'faults' too, or leave it out");
        if (options.Labels is { Length: 0 }) Fault(nameof(options.Labels), "the file of labels has no name", "write 'labels: faults.jsonl'");

        var models = Models(options, context, Fault);
        CheckFaults(options, models, Fault);
        return sound ? models : [];

        void Fault(string option, string what, string remedy, string? entry = null)
        {
            sound = false;
            context.Fault(option, what, remedy, entry);
        }
    }

    delegate void Report(string option, string what, string remedy, string? entry = null);

    static List<SignalModel> Models(SimulateSourceOptions options, BuildContext context, Report fault)
    {
        var signals = context.Pipeline.Readings.Signals;
        foreach (var name in options.Signals.Keys)
            if (signals.All(s => s.Name != name))
                fault(nameof(options.Signals), $"there is no signal '{name}'", Suggestion.Remedy(name, signals.Select(s => s.Name), "the signals are"), name);

        // Beside other sources, this one makes the signals that it is told of; alone, it makes all of them.
        var some = context.Pipeline.Sources > 1 && options.Signals.Count > 0;
        var models = new List<SignalModel>();
        for (var number = 0; number < signals.Count; number++)
        {
            var signal = signals[number];
            var told = options.Signals.TryGetValue(signal.Name, out var given);
            if (some && !told) continue;
            if (signal.Kind is Kind.Number or Kind.Integer) models.Add(new SignalModel(number, signal, given ?? new(), options.Every));
            else if (told || context.Pipeline.Sources == 1)
                fault(nameof(options.Signals), $"signal '{signal.Name}' is {(signal.Kind == Kind.Text ? "text" : "bool")}, and only numbers can be simulated", "read it from another source", signal.Name);
        }

        return models;
    }

    static void CheckFaults(SimulateSourceOptions options, List<SignalModel> models, Report fault)
    {
        if (options.Faults is not { } faults || models.Count == 0) return;
        var busy = faults.All().Sum(f => (Math.Max(Nanoseconds.Of(f.For), models.Max(m => m.Period)) + (double)FaultSchedule.Pause) / Nanoseconds.Of(f.Fault.Per));
        if (busy > 1) fault(nameof(options.Faults), $"the faults of a machine, with {Duration.Text(TimeSpan.FromTicks(FaultSchedule.Pause / 100))} between them, fill more time than there is", "give them longer 'per', or shorter 'for'");
    }
}
