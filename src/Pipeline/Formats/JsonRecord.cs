using System.Text.Json;
using System.Text.Unicode;

namespace StreamEdge;

/// <summary>What a field of a JSON record holds.</summary>
public enum JsonField : byte
{
    /// <summary>The record has no such field, or it is null.</summary>
    Missing,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>True or false; its text is that word.</summary>
    Bool,

    /// <summary>An object or an array, of which nothing is read.</summary>
    Nested,
}

/// <summary>
/// Reads the wanted fields of flat JSON objects, one after another, as strictly as RFC 8259 and more: no field twice,
/// no lone surrogates, valid UTF-8, at most 64 levels, no number larger than a double.
/// <para>
/// Objects of one sender have their fields in one order. So a record is first compared with the shapes of the last
/// few: key by key, without looking anything up. That scan takes only what is simple beyond doubt; everything else
/// (another order, an escape, nesting, blanks in odd places, any mistake) goes to <see cref="Utf8JsonReader"/>, whose
/// answer counts, and whose order of keys becomes a shape.
/// </para>
/// </summary>
public sealed class JsonRecord
{
    const int MostShapes = 4;
    const int LongestShape = 256;
    const int LearnEvery = 16;
    const int MostNames = 65_536;
    const int MostDepth = 64;

    static readonly JsonReaderOptions s_strict = new() { MaxDepth = MostDepth };

    readonly Value[] _values;
    readonly Interner _names = new(MostNames);
    readonly List<Shape> _shapes = [];
    readonly List<(int Start, int Length, int Field)> _keys = []; // of the record that is being read
    readonly string[] _fields, _branches; // the wanted fields, and the objects that hold some of them
    long[] _seen = new long[64]; // by name: the record that had it last
    long _record;
    Value _other; // where the value of a field goes that nobody wants
    int _shape, _unknown;
    byte[] _unescaped = [], _path = [];
    int _unescapedUsed, _pathUsed;

    /// <summary>Makes the reader of records.</summary>
    /// <param name="fields">The names of the wanted fields, each once.</param>
    /// <param name="nested">Whether a point in a name leads into an object: <c>data.temp</c> is the field <c>temp</c> of the object <c>data</c>.</param>
    public JsonRecord(IReadOnlyList<string> fields, bool nested = false)
    {
        _fields = [.. fields];
        _branches = nested ? [.. _fields.SelectMany(Branches).Distinct().Except(_fields)] : [];
        _values = new Value[fields.Count];
        KnowFields();
    }

    /// <summary>How many fields the last record had besides the wanted ones.</summary>
    public int Others { get; private set; }

    /// <summary>What the wanted field holds in the last record.</summary>
    public JsonField this[int field] => _values[field].Kind;

    /// <summary>The number that the wanted field holds; infinite where it is larger than a double.</summary>
    public double Number(int field) => _values[field].Number;

    /// <summary>The text of the wanted field; of a number or a bool as it was written.</summary>
    /// <param name="record">The record that was read.</param>
    /// <param name="field">The field's number in the list of wanted fields.</param>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> record, int field)
    {
        ref readonly var value = ref _values[field];
        return value.Start >= 0 ? record.Slice(value.Start, value.Length) : _unescaped.AsSpan(~value.Start, value.Length);
    }

    /// <summary>Reads one object; false where the text is none that may be used.</summary>
    public bool Read(ReadOnlySpan<byte> record)
    {
        // Below the blank lie tab, newline and what JSON forbids inside a text; the scan need not look for them then.
        var plain = record.IndexOfAnyExceptInRange((byte)32, (byte)127) < 0;
        if (!plain && !Utf8.IsValid(record)) return false;
        if (plain || record.IndexOfAnyInRange((byte)0, (byte)31) < 0)
        {
            for (var tried = 0; tried < _shapes.Count; tried++)
            {
                var scanned = Scan(record, _shapes[_shape]);
                if (scanned == Scanned.Whole) return true;
                if (scanned == Scanned.Odd) break;
                _shape = _shape + 1 < _shapes.Count ? _shape + 1 : 0;
            }
        }

        return ReadAny(record);
    }

    enum Scanned { Whole, OtherKeys, Odd }

    Scanned Scan(ReadOnlySpan<byte> record, Shape shape)
    {
        var values = _values;
        if (!shape.Complete) values.AsSpan().Clear();
        if (record.IsEmpty || record[0] != (byte)'{') return Scanned.Odd;
        var at = 1;
        var keys = shape.Keys;
        for (var number = 0; ; at++)
        {
            var (key, field) = keys[number++];
            if (record[at..].StartsWith(key)) at += key.Length;
            else if (!SkipSpacedKey(record, key, ref at)) return Scanned.OtherKeys;
            at = SkipBlanks(record, at);
            var length = ScanValue(record, at, out field >= 0 ? ref values[field] : ref _other);
            if (length == 0) return Scanned.Odd;
            at = SkipBlanks(record, at + length);
            if (at == record.Length) return Scanned.Odd;
            if (record[at] == (byte)',' && number < keys.Length) continue;
            if (record[at] == (byte)'}' && number == keys.Length) break;
            return Scanned.OtherKeys;
        }

        if (SkipBlanks(record, at + 1) < record.Length) return Scanned.Odd;
        Others = shape.Others;
        return Scanned.Whole;
    }

    /// <summary>Goes behind a key and its colon where blanks stand around them.</summary>
    static bool SkipSpacedKey(ReadOnlySpan<byte> record, ReadOnlySpan<byte> key, ref int at)
    {
        at = SkipBlanks(record, at);
        if (!record[at..].StartsWith(key[..^1])) return false;
        at = SkipBlanks(record, at + key.Length - 1);
        return at < record.Length && record[at++] == (byte)':';
    }

    static int SkipBlanks(ReadOnlySpan<byte> record, int at)
    {
        while (at < record.Length && record[at] == (byte)' ') at++;
        return at;
    }

    /// <summary>Scans a simple value and returns its length; 0 for what is not simple, or wrong.</summary>
    static int ScanValue(ReadOnlySpan<byte> record, int at, out Value value)
    {
        value = default;
        if (at == record.Length) return 0;
        var rest = record[at..];
        switch (rest[0])
        {
            case (byte)'"':
                var close = rest[1..].IndexOfAny((byte)'"', (byte)'\\');
                if (close < 0 || rest[close + 1] == (byte)'\\') return 0;
                value = new() { Kind = JsonField.Text, Start = at + 1, Length = close };
                return close + 2;
            case (byte)'t' when rest.StartsWith("true"u8):
                value = new() { Kind = JsonField.Bool, Start = at, Length = 4 };
                return 4;
            case (byte)'f' when rest.StartsWith("false"u8):
                value = new() { Kind = JsonField.Bool, Start = at, Length = 5 };
                return 5;
            case (byte)'n' when rest.StartsWith("null"u8):
                return 4;
            default:
                var length = Utf8Number.Scan(rest, out var number, out var json);
                if (!json) return 0;
                value = new() { Kind = JsonField.Number, Number = number, Start = at, Length = length };
                return length;
        }
    }

    bool ReadAny(ReadOnlySpan<byte> record)
    {
        Array.Clear(_values);
        (Others, _unescapedUsed, _pathUsed) = (0, 0, 0);
        _record++;
        _keys.Clear();
        if (_names.Count > MostNames / 2) KnowFields();
        var plain = true;
        var reader = new Utf8JsonReader(record, s_strict);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            if (!ReadFields(record, ref reader, ref plain) || reader.CurrentDepth > 0 || reader.Read()) return false;
        }
        catch (JsonException)
        {
            return false; // the one way in which the reader says that the text is wrong
        }

        if (plain && _keys.Count is > 0 and <= LongestShape) Learn(record);
        return true;
    }

    /// <summary>Reads the fields of an object up to its end.</summary>
    bool ReadFields(ReadOnlySpan<byte> record, ref Utf8JsonReader reader, ref bool plain)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (!ReadField(record, ref reader, ref plain)) return false;
        return reader.TokenType == JsonTokenType.EndObject;
    }

    bool ReadField(ReadOnlySpan<byte> record, ref Utf8JsonReader reader, ref bool plain)
    {
        var start = (int)reader.TokenStartIndex;
        plain &= !reader.ValueIsEscaped;
        if (!TryText(ref reader, out var keyStart, out var keyLength)) return false;
        var key = keyStart >= 0 ? record.Slice(keyStart, keyLength) : _unescaped.AsSpan(~keyStart, keyLength);
        var name = _names.Add(_pathUsed == 0 ? key : Within(key));
        if (name < 0)
        {
            KnowFields(); // far more names than any device has: this record is refused, the next one has room again
            return false;
        }

        if (name >= _seen.Length) Array.Resize(ref _seen, Math.Max(2 * _seen.Length, name + 1));
        if (_seen[name] == _record) return false; // twice
        _seen[name] = _record;
        var field = name < _fields.Length ? name : -1;
        reader.Read();
        if (field < 0 && name < _fields.Length + _branches.Length && reader.TokenType == JsonTokenType.StartObject) return ReadBranch(record, ref reader, ref plain, _names[name]);
        if (field < 0) Others++;
        _keys.Add((start, keyLength + 2, field));

        if (!TryValue(ref reader, out var value)) return false;
        if (field >= 0) _values[field] = value;
        return true;
    }

    /// <summary>Reads an object that holds wanted fields. No shape is made of such a record: its keys are not all of one object.</summary>
    bool ReadBranch(ReadOnlySpan<byte> record, ref Utf8JsonReader reader, ref bool plain, ReadOnlySpan<byte> name)
    {
        plain = false;
        var before = _pathUsed;
        if (_path.Length <= name.Length) Array.Resize(ref _path, 2 * (name.Length + 1));
        name.CopyTo(_path);
        _path[name.Length] = (byte)'.';
        _pathUsed = name.Length + 1;
        if (!ReadFields(record, ref reader, ref plain)) return false;
        _pathUsed = before; // the path's own bytes are those of the inner one
        return true;
    }

    /// <summary>The name of a field inside the object at hand.</summary>
    ReadOnlySpan<byte> Within(ReadOnlySpan<byte> key)
    {
        if (_path.Length < _pathUsed + key.Length) Array.Resize(ref _path, 2 * (_pathUsed + key.Length));
        key.CopyTo(_path.AsSpan(_pathUsed));
        return _path.AsSpan(0, _pathUsed + key.Length);
    }

    /// <summary>The objects on the way to a field: <c>a</c> and <c>a.b</c> of <c>a.b.c</c>.</summary>
    static IEnumerable<string> Branches(string field) =>
        field.Index().Where(c => c.Item == '.' && c.Index > 0).Select(c => field[..c.Index]);

    bool TryValue(ref Utf8JsonReader reader, out Value value)
    {
        value = default;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.True or JsonTokenType.False:
                value = new() { Kind = JsonField.Bool, Start = (int)reader.TokenStartIndex, Length = reader.ValueSpan.Length };
                return true;
            case JsonTokenType.Number:
                value = new() { Kind = JsonField.Number, Start = (int)reader.TokenStartIndex, Length = reader.ValueSpan.Length };
                Utf8Number.Scan(reader.ValueSpan, out value.Number, out _);
                return true;
            case JsonTokenType.String:
                value.Kind = JsonField.Text;
                return TryText(ref reader, out value.Start, out value.Length);
            default:
                value.Kind = JsonField.Nested;
                return TrySkip(ref reader);
        }
    }

    /// <summary>Reads over an object or an array; its texts must be sound too.</summary>
    bool TrySkip(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            var used = _unescapedUsed;
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !TryText(ref reader, out _, out _)) return false;
            _unescapedUsed = used;
        }

        return true;
    }

    /// <summary>Where a text or a key is: in the record, or unescaped (start below zero). False where it holds half a character.</summary>
    bool TryText(ref Utf8JsonReader reader, out int start, out int length)
    {
        (start, length) = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        if (!reader.ValueIsEscaped) return true;
        if (HasLoneSurrogate(reader.ValueSpan)) return false;
        if (_unescapedUsed + length > _unescaped.Length) Array.Resize(ref _unescaped, Math.Max(256, 2 * (_unescapedUsed + length)));
        start = ~_unescapedUsed;
        length = reader.CopyString(_unescaped.AsSpan(_unescapedUsed));
        _unescapedUsed += length;
        return true;
    }

    /// <summary>Whether an escaped text names half a character: <c>\ud800</c> without its other half.</summary>
    static bool HasLoneSurrogate(ReadOnlySpan<byte> escaped)
    {
        for (var at = 0; at < escaped.Length; at++)
        {
            if (escaped[at] != (byte)'\\') continue;
            if (escaped[++at] != (byte)'u') continue;
            var unit = Unit(escaped, at);
            at += 4;
            if (char.IsLowSurrogate(unit)) return true;
            if (!char.IsHighSurrogate(unit)) continue;
            if (at + 6 >= escaped.Length || escaped[at + 1] != (byte)'\\' || escaped[at + 2] != (byte)'u' || !char.IsLowSurrogate(Unit(escaped, at + 2))) return true;
            at += 6;
        }

        return false;

        static char Unit(ReadOnlySpan<byte> escaped, int at) =>
            (char)ushort.Parse(escaped.Slice(at + 1, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null);
    }

    /// <summary>Keeps the order of the record's keys as a shape. Where records have ever new ones, only every sixteenth is kept.</summary>
    void Learn(ReadOnlySpan<byte> record)
    {
        foreach (var known in _shapes)
            if (Has(known, record)) return;
        if (_shapes.Count == MostShapes && ++_unknown % LearnEvery != 0) return;

        var keys = new (byte[], int)[_keys.Count];
        for (var number = 0; number < keys.Length; number++)
        {
            var (start, length, field) = _keys[number];
            keys[number] = ([.. record.Slice(start, length), (byte)':'], field);
        }

        var shape = new Shape(keys, Others, complete: keys.Length - Others == _fields.Length);
        if (_shapes.Count < MostShapes) _shapes.Add(shape);
        else _shapes[_unknown / LearnEvery % MostShapes] = shape;
    }

    bool Has(Shape known, ReadOnlySpan<byte> record)
    {
        if (known.Keys.Length != _keys.Count) return false;
        for (var number = 0; number < _keys.Count; number++)
            if (!record.Slice(_keys[number].Start, _keys[number].Length).SequenceEqual(known.Keys[number].Key.AsSpan()[..^1])) return false;
        return true;
    }

    void KnowFields()
    {
        _names.Clear();
        Array.Clear(_seen);
        foreach (var name in _fields.Concat(_branches)) _names.Add(System.Text.Encoding.UTF8.GetBytes(name));
    }

    struct Value
    {
        public double Number;
        public int Start, Length;
        public JsonField Kind;
    }

    /// <summary>The keys of a record in their order, each with its quotes and its colon, and the wanted field it is (-1 for none).</summary>
    sealed class Shape((byte[] Key, int Field)[] keys, int others, bool complete)
    {
        public (byte[] Key, int Field)[] Keys => keys;

        public int Others => others;

        /// <summary>Whether it has every wanted field, so that none is left over from the record before.</summary>
        public bool Complete => complete;
    }
}
