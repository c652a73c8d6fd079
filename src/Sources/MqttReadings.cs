namespace StreamEdge;

/// <summary>Makes readings of messages, and counts what it cannot use; the first of each reason are told with their topic.</summary>
public sealed class MqttReadings
{
    readonly Schema _schema;
    readonly Clock _clock;
    readonly TimeFormat _format;
    readonly MqttTopics _topics;
    readonly MqttUnits _units;
    readonly MqttRefusals _refusals;
    readonly JsonRow? _row; // null where messages are bare values
    readonly (int Time, int Value, int Unit, int Quality) _field;
    readonly int[] _fieldOf; // of each signal, where a message holds several
    readonly string[] _names; // of the fields
    readonly KeyCache _keys;
    readonly CodeCache _codes;
    readonly bool _arrival, _dropRetained;
    readonly long _largest;
    readonly Tally _malformed, _empty, _tooLarge, _retained, _otherTopic, _notANumber, _badTime, _outOfTimeRange, _undeclared, _tooManyKeys, _tooManyTexts, _wrongUnit, _noValue;

    internal MqttReadings(MqttSourceOptions options, IReadOnlyList<TopicPattern> patterns, TimeFormat format, Schema schema, BuildContext context, Books books, Action<string> say)
    {
        (_schema, _clock, _format) = (schema, context.Clock, format);
        _arrival = options.Time == MqttTime.Arrival;
        _dropRetained = (options.Retained ?? (_arrival ? RetainedMessages.Drop : RetainedMessages.Keep)) == RetainedMessages.Drop;
        _largest = options.MaxMessage.Bytes;
        _topics = new(patterns, options, schema);
        _units = new(schema);
        _refusals = new(say);
        (_keys, _codes) = (new(schema), new(schema.Codes));

        var wanted = new List<string>();
        _field = (Want(context.Pipeline.Time.Field), Want(options.Payload.Value ?? "v"), Want(options.Payload.Unit ?? "unit"), Want(options.Payload.Quality ?? "quality"));
        var wide = patterns.Any(p => !p.HasSignal) && options.Signal is null;
        _fieldOf = wide ? [.. schema.Signals.Select(s => Want(options.Names.GetValueOrDefault(s.Name, s.Name)))] : [];
        _names = [.. wanted];
        _row = options.Payload.Format == MqttFormat.Json ? new(wanted, nested: true) : null;
        Most = wide ? schema.Signals.Count : 1;

        _malformed = books.Reason("malformed");
        _empty = books.Reason("empty");
        _tooLarge = books.Reason("too_large");
        _retained = books.Reason("retained");
        _otherTopic = books.Reason("other_topic");
        _notANumber = books.Reason("not_a_number");
        _badTime = books.Reason("bad_time");
        _outOfTimeRange = books.Reason("out_of_time_range");
        _undeclared = books.Reason("undeclared");
        _tooManyKeys = books.Reason("too_many_keys");
        _tooManyTexts = books.Reason("too_many_texts");
        _wrongUnit = books.Reason("wrong_unit");
        _noValue = books.Reason("no_value");

        int Want(string name)
        {
            if (!wanted.Contains(name)) wanted.Add(name);
            return wanted.IndexOf(name);
        }
    }

    /// <summary>Most readings of one message.</summary>
    public int Most { get; }

    /// <summary>Adds a message's readings to the batch, which has room for them.</summary>
    public void Read(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, bool retained, Batch batch)
    {
        var place = _topics.Of(topic);
        if (place.Signal == MqttTopics.NoPattern) Refuse(_otherTopic, -1, topic, "its topic is none of the source's", message);
        else if (retained && _dropRetained) _retained.AddOf(place.Signal);
        else if (message.Length > _largest) Refuse(_tooLarge, place.Signal, topic, $"it has {message.Length:N0} bytes, more than {_largest:N0}", message);
        else if (message.IsEmpty) _empty.AddOf(place.Signal); // so a retained message is deleted
        else if (place.Signal == MqttTopics.Undeclared) Undeclared(topic);
        else if (place.Device < 0) Refuse(place.Device == MqttTopics.NoText ? _malformed : _tooManyKeys, place.Signal, topic, place.Device == MqttTopics.NoText ? "its topic is not UTF-8, or a level is too long" : "there are too many devices", message);
        else if (_row is null) ReadValue(place, topic, message, batch);
        else if (!_row.Split(message)) Refuse(_malformed, place.Signal, topic, _row.WhyMalformed(message), message);
        else ReadRow(place, topic, message, batch);
    }

    void ReadValue(MqttPlace place, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, Batch batch)
    {
        var text = message.Trim(" \t\r\n"u8);
        var kind = _schema.Signals[place.Signal].Kind;
        Tally? refused;
        if (kind == Kind.Number) refused = Utf8Number.TryRead(text, out double number) && double.IsFinite(number) ? Append(place, _clock.Wall, number, Quality.Good, batch) : _notANumber;
        else refused = Slotted(text, kind, out var slot) ?? Append(place, _clock.Wall, slot, Quality.Good, batch);
        if (refused is not null) Refuse(refused, place.Signal, topic, Why(refused, text), message);
    }

    void ReadRow(MqttPlace place, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, Batch batch)
    {
        var row = _row!;
        var time = _clock.Wall;
        if (!_arrival && ReadTime(row, message, out time) is var read and not TimeReading.Good)
        {
            row.Read(message, _field.Time, out var text);
            Refuse(read == TimeReading.Bad ? _badTime : _outOfTimeRange, place.Signal, topic, $"its time is {(text.IsEmpty ? "missing" : FileRefusals.Shown(text))} in field {Visible.Quote(_names[_field.Time])}", message);
            return;
        }

        var quality = row.Read(message, _field.Quality, out var word) == Cell.Missing ? Quality.Good : QualityWord.Of(word);
        if (place.Signal >= 0)
        {
            if (!ReadField(place, _field.Value, topic, message, time, quality, batch, inUnit: true))
                Refuse(_noValue, place.Signal, topic, $"it has no value in field {Visible.Quote(_names[_field.Value])}", message);
            return;
        }

        var found = false;
        for (var signal = 0; signal < _fieldOf.Length; signal++) found |= ReadField(place with { Signal = signal }, _fieldOf[signal], topic, message, time, quality, batch, inUnit: false);
        if (row.Others > 0) _undeclared.Add(row.Others);
        else if (!found) Refuse(_noValue, -1, topic, "it has a value for none of the signals", message);
    }

    TimeReading ReadTime(JsonRow row, ReadOnlySpan<byte> message, out long time)
    {
        if (_format.TakesNumbers && row.TryWhole(_field.Time, out var number)) return _format.Read(number, out time);
        time = 0;
        return row.Read(message, _field.Time, out var text) == Cell.Text ? _format.Read(text, out time) : TimeReading.Bad;
    }

    /// <summary>Reads a field, gives or refuses its reading; false where the message has no value in it.</summary>
    bool ReadField(MqttPlace place, int field, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, long time, Quality quality, Batch batch, bool inUnit)
    {
        var kind = _schema.Signals[place.Signal].Kind;
        var slot = Slot.MissingOf(kind);
        var cell = kind == Kind.Number ? _row!.ReadNumber(message, field, out slot) : Cell.Unusable;
        if (cell == Cell.Missing) return false;
        Tally? refused = null;
        if (cell == Cell.Unusable)
        {
            cell = _row!.Read(message, field, out var text);
            if (cell == Cell.Missing) return false;
            refused = cell == Cell.Unusable ? _malformed : kind == Kind.Number ? _notANumber : Slotted(text, kind, out slot);
        }

        if (refused is null && inUnit && _row!.Read(message, _field.Unit, out var unit) == Cell.Text && !_units.Convert(unit, place.Signal, ref slot)) refused = _wrongUnit;
        refused ??= Append(place, time, slot, quality, batch);
        if (refused is null) return true;
        _row!.Read(message, refused == _wrongUnit ? _field.Unit : field, out var shown);
        Refuse(refused, place.Signal, topic, Why(refused, shown), message);
        return true;
    }

    /// <summary>The slot of a value that is no number with decimals; the count of its reason where it cannot be used.</summary>
    Tally? Slotted(ReadOnlySpan<byte> text, Kind kind, out double slot)
    {
        slot = default;
        switch (kind)
        {
            case Kind.Integer:
                if (!Utf8Number.TryRead(text, out long whole)) return _notANumber;
                slot = Slot.Of(whole);
                return null;
            case Kind.Bool:
                if (!Utf8Truth.TryRead(text, out var yes)) return _malformed;
                slot = Slot.Of(yes ? 1 : 0);
                return null;
            default:
                return _codes.TryRead(text, out slot) switch { CodeReading.Good => null, CodeReading.TooMany => _tooManyTexts, _ => _malformed };
        }
    }

    Tally? Append(MqttPlace place, long time, double slot, Quality quality, Batch batch)
    {
        var key = _keys.Of(place.Device, place.Signal);
        if (key < 0) return _tooManyKeys;
        var at = batch.Append(time, key, slot);
        if (quality != Quality.Good) batch.Quality[at] = quality;
        return null;
    }

    string Why(Tally refused, ReadOnlySpan<byte> text) =>
        refused == _wrongUnit ? $"its unit is {FileRefusals.Shown(text)}" : refused == _tooManyKeys ? "there are too many devices" : refused == _tooManyTexts ? "there are too many texts" : $"its value is {FileRefusals.Shown(text)}";

    void Undeclared(ReadOnlySpan<byte> topic)
    {
        _undeclared.Add();
        if (_topics.NewName(topic) is { } name) _refusals.Undeclared(name, topic);
    }

    void Refuse(Tally tally, int signal, ReadOnlySpan<byte> topic, string why, ReadOnlySpan<byte> message)
    {
        tally.AddOf(signal);
        _refusals.Message(tally.Reason, topic, why, message);
    }
}
