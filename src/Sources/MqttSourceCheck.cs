using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>Checks the options of an MQTT source against one another.</summary>
static class MqttSourceCheck
{
    /// <summary>Reports every fault; true where there is none.</summary>
    public static bool Check(MqttSourceOptions options, MqttLogin login, BuildContext context, out IReadOnlyList<TopicPattern> patterns, [NotNullWhen(true)] out TimeFormat? format)
    {
        var faults = 0;
        foreach (var fault in login.Faults()) Fault(fault.Option, fault.What, fault.Remedy, fault.Entry);
        if (MqttAddress.TryParse(options.Url, out var address, out _, out _) && address.Topic.Length > 0)
            Fault(nameof(options.Url), "the address has a topic in it", $"write it as 'topic: {address.Topic}'");
        if (options.InFlight is not null && options.Version != "5") Fault(nameof(options.InFlight), "only version 5 lets a client say how much may be on its way", "write 'version: 5', or leave it out");

        patterns = Patterns();
        CheckSignals();
        if (!TimeFormat.TryCreate(context.Pipeline.Time.Format, out format, out var wrong)) Fault("", wrong.What, wrong.Remedy ?? "");
        return faults == 0 && format is not null;

        IReadOnlyList<TopicPattern> Patterns()
        {
            var found = new List<TopicPattern>();
            if (options.Topic.Count == 0) Fault(nameof(options.Topic), "there is no topic", "write it like plant/{line}/{machine}/{signal}");
            for (var item = 0; item < options.Topic.Count; item++)
            {
                if (!TopicPattern.TryParse(options.Topic[item], out var pattern, out var what, out var remedy)) Fault(nameof(options.Topic), what, remedy, item: item);
                else if (found.Exists(f => f.Filter == pattern.Filter)) Fault(nameof(options.Topic), $"'{pattern.Filter}' is subscribed to twice", "write it once", item: item);
                else found.Add(pattern);
                if (pattern is null) continue;
                if (pattern.HasSignal && options.Signal is not null) Fault(nameof(options.Signal), "the topic says the signal already", "leave it out, or write '+' in place of {signal}");
                if (!pattern.HasSignal && options.Signal is null && options.Payload.Format == MqttFormat.Number)
                    Fault(nameof(options.Topic), "a bare value does not say its signal", "name a level {signal}, or add 'signal: NAME'", item: item);
            }

            return found;
        }

        void CheckSignals()
        {
            var signals = context.Pipeline.Readings.Signals;
            if (options.Signal is { } of && signals.All(s => s.Name != of)) Fault(nameof(options.Signal), $"there is no signal '{of}'", Suggestion.Remedy(of, signals.Select(s => s.Name), "the signals are"));
            foreach (var (name, called) in options.Names)
            {
                if (signals.All(s => s.Name != name)) Unknown(nameof(options.Names), name);
                else if (signals.FirstOrDefault(s => s.Name != name && options.Names.GetValueOrDefault(s.Name, s.Name) == called) is { } other)
                    Fault(nameof(options.Names), $"'{name}' and '{other.Name}' are both called {Visible.Quote(called)}", "give each signal a name of its own", name);
            }

            foreach (var (name, unit) in options.Units)
            {
                if (signals.FirstOrDefault(s => s.Name == name) is not { } signal) Unknown(nameof(options.Units), name);
                else if (signal.Kind is Kind.Text or Kind.Bool) Fault(nameof(options.Units), $"signal '{name}' is {(signal.Kind == Kind.Text ? "text" : "bool")} and has no unit", "leave it out", name);
                else if (signal.Unit is { } declared && !Unit.CanConvert(unit, declared))
                    Fault(nameof(options.Units), $"{unit} is {unit.Dimension}, but '{name}' is declared in {declared}, which is {declared.Dimension}", $"write the unit that messages have '{name}' in", name);
            }

            if (signals.Count > Batch.MaxRows && options.Signal is null) Fault(nameof(options.Topic), $"a message of {signals.Count} signals is too wide", $"declare at most {Batch.MaxRows}");
            if (options.Payload.Format == MqttFormat.Json) return;
            foreach (var (field, name) in new[] { (nameof(MqttPayloadOptions.Value), options.Payload.Value), (nameof(MqttPayloadOptions.Unit), options.Payload.Unit), (nameof(MqttPayloadOptions.Quality), options.Payload.Quality) })
                if (name is not null) Fault(nameof(options.Payload), "a bare value has no fields", "leave it out, or write 'format: json'", field);
            if (options.Time == MqttTime.Payload) Fault(nameof(options.Payload), "a bare value does not say its time", "add 'time: arrival' for the time by the gateway's clock");
        }

        void Unknown(string option, string name) => Fault(option, $"there is no signal '{name}'", Suggestion.Remedy(name, context.Pipeline.Readings.Signals.Select(s => s.Name), "the signals are"), name);

        void Fault(string option, string what, string remedy, string? entry = null, int? item = null)
        {
            faults++;
            context.Fault(option, what, remedy, entry, item);
        }
    }
}
