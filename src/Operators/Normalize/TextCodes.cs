using System.Collections.ObjectModel;

namespace StreamEdge;

/// <summary>
/// Turns texts into whole numbers, as models and charts need them: by a list that is given, or in the order in which
/// they first appear, from 0. A text that the list does not have becomes missing, and is counted by signal.
/// </summary>
/// <example>
/// - normalize: { text_codes: { codes: { state: { "off": 0, idle: 1, "on": 2 } } } }
/// </example>
public sealed record TextCodesOptions : OperatorOptions
{
    /// <summary>The signals whose texts are numbered in the order of their first appearance, over all devices: <c>text_codes: state</c>.</summary>
    [Short]
    public IReadOnlyList<string> Signals { get; init; } = [];

    /// <summary>The number of each text, by signal: <c>{ state: { "off": 0, idle: 1, "on": 2 } }</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Codes { get; init; } = ReadOnlyDictionary<string, IReadOnlyDictionary<string, long>>.Empty;

    /// <summary>Most texts of a signal that are numbered by first appearance, 1 to 100,000; further ones become missing, and are counted. Default: 1,000.</summary>
    [Between(1, 100_000)]
    public int MaxTexts { get; init; } = 1_000;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("text_codes")) return default(Refusal);
        var numbers = new TextNumbers?[context.Input.Signals.Count];
        var sound = Signals.Count + Codes.Count > 0;
        if (!sound) context.Fault(nameof(Signals), "text_codes has no signals", "name them in 'signals:', or in 'codes:' with their texts");
        foreach (var (item, name) in Signals.Index()) Add(nameof(Signals), name, null, item);
        foreach (var (name, codes) in Codes) Add(nameof(Codes), name, codes, null);
        if (!sound) return default(Refusal);
        var output = context.Input.Signals.Select((s, signal) => numbers[signal] is null ? s : s with { Kind = Kind.Integer });
        return new TextCodes(numbers, context.Input, context.Input.With([.. output]));

        void Add(string option, string name, IReadOnlyDictionary<string, long>? codes, int? item)
        {
            var entry = item is null ? name : null;
            var signal = context.SignalNumber(option, name, entry, item);
            var isText = signal >= 0 && context.Input.Signals[signal].Kind == Kind.Text;
            var isFirst = isText && numbers[signal] is null;
            if (signal >= 0 && !isText) context.Fault(option, $"'{name}' is no text", "leave it out", entry, item);
            else if (isText && !isFirst) context.Fault(option, $"'{name}' is named twice", "name it once", entry, item);
            else if (isText && codes is { Count: 0 }) context.Fault(option, $"'{name}' has no texts", "write 'TEXT: NUMBER' for each, or name it in 'signals:'", entry);
            sound &= isFirst && codes is not { Count: 0 };
            if (isFirst) numbers[signal] = new TextNumbers(context.Input.Codes, codes, MaxTexts);
        }
    }
}

sealed class TextCodes : Operator
{
    readonly TextNumbers?[] _numbers; // by signal
    readonly Schema _input;
    readonly long[] _unknown; // by signal

    public TextCodes(TextNumbers?[] numbers, Schema input, Schema output) : base(output)
    {
        (_numbers, _input, _unknown) = (numbers, input, new long[numbers.Length]);
        var learned = input.Signals.Where((_, signal) => numbers[signal] is { IsGiven: false }).Select(s => s.Name).ToList();
        StateShape = learned.Count == 0 ? "" : $"text_codes of {string.Join(',', learned)}";
    }

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            for (var signal = 0; signal < _unknown.Length; signal++)
            {
                if (_unknown[signal] > 0) yield return (Output.Signals[signal].Name, $"{_unknown[signal]:N0} of unknown text, now missing");
                if (_numbers[signal] is { IsGiven: false, Texts.Count: > 0 } learned) yield return (Output.Signals[signal].Name, string.Join(", ", learned.Texts.Take(20).Select((text, number) => $"{text} = {number}")) + (learned.Texts.Count > 20 ? ", …" : ""));
            }
        }
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        batch = batch.Writable().As(Output);
        var bits = batch.Bits(0);
        if (_numbers is [{ } only])
        {
            foreach (ref var slot in bits) Turn(ref slot, only, 0);
        }
        else
        {
            var key = batch.Key[..bits.Length];
            var signalOf = Output.Keys.SignalOf;
            for (var row = 0; row < bits.Length; row++)
                if (_numbers[signalOf[key[row]]] is { } numbers) Turn(ref bits[row], numbers, signalOf[key[row]]);
        }

        output.Emit(batch);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        foreach (var learned in _numbers.Where(n => n is { IsGiven: false }))
        {
            state.Write((long)learned!.Texts.Count);
            foreach (var text in learned.Texts) state.Write(text);
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        foreach (var learned in _numbers.Where(n => n is { IsGiven: false }))
            for (var left = state.Long(); left > 0; left--) learned!.Of(_input.Codes.Code(state.Text()));
    }

    void Turn(ref long slot, TextNumbers numbers, int signal)
    {
        if (slot == Slot.Missing) return;
        slot = numbers.Of(slot);
        if (slot == Slot.Missing) _unknown[signal]++;
    }
}

/// <summary>The number of each text of a signal.</summary>
sealed class TextNumbers
{
    const long NotMet = Slot.Missing + 1;

    readonly CodeTable _codes;
    readonly int _limit;
    readonly List<string> _texts = [];
    long[] _numbers = []; // by the text's code

    public TextNumbers(CodeTable codes, IReadOnlyDictionary<string, long>? given, int limit)
    {
        (_codes, _limit, IsGiven) = (codes, limit, given is not null);
        foreach (var (text, number) in given ?? ReadOnlyDictionary<string, long>.Empty)
            if (codes.Code(text) is >= 0 and var code) At(code) = number;
    }

    /// <summary>Whether the list was given.</summary>
    public bool IsGiven { get; }

    /// <summary>The texts that were numbered by their first appearance, in that order.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>The number of a text; missing where it has none and gets none.</summary>
    public long Of(long code) => (ulong)code < (ulong)_numbers.Length && _numbers[code] is > NotMet and var number ? number : Meet(code);

    long Meet(long code)
    {
        if (code < 0) return Slot.Missing;
        ref var number = ref At(code);
        if (number != NotMet) return number;
        if (IsGiven || _texts.Count == _limit) return number = Slot.Missing;
        number = _texts.Count;
        _texts.Add(_codes.Text(code));
        return number;
    }

    ref long At(long code)
    {
        if (code >= _numbers.Length)
        {
            var known = _numbers.Length;
            Array.Resize(ref _numbers, (int)Math.Max(code + 1, 2 * known));
            _numbers.AsSpan(known).Fill(NotMet);
        }

        return ref _numbers[code];
    }
}
