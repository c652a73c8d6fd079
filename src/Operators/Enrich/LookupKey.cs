namespace StreamEdge;

/// <summary>One of the values by which a row's line is found: the number that the table has for it.</summary>
/// <param name="column">Its name, and whether it is a text or a whole number.</param>
abstract class LookupKey(Column column)
{
    public Column Column => column;

    /// <summary>Takes up a table.</summary>
    /// <param name="lookup">The table.</param>
    /// <param name="key">Which of its keys this one is.</param>
    /// <param name="misses">Is told of a text that the table lacks, once for each.</param>
    public abstract void Use(Lookup lookup, int key, Action<string> misses);

    /// <summary>Finds the number of each row's value; -1 where the table does not have it, or the row has none.</summary>
    public abstract void Find(Batch batch, Span<int> ids);
}

/// <summary>A text that a row has as a number of its own; looked up once for each.</summary>
abstract class KnownText(string name) : LookupKey(new Column(name, Kind.Text))
{
    const int NotYet = -2;

    PerKey<int> _ids = new(NotYet); // by the row's number
    Dictionary<string, int> _known = [];
    Action<string>? _misses;

    public override void Use(Lookup lookup, int key, Action<string> misses)
    {
        (_ids, _known, _misses) = (new(NotYet), lookup.Texts(key), misses);
    }

    protected abstract string TextOf(Schema schema, int number);

    protected int IdOf(Schema schema, int number)
    {
        ref var id = ref _ids[number];
        if (id != NotYet) return id;
        var text = TextOf(schema, number);
        id = _known.GetValueOrDefault(text, -1);
        if (id < 0) _misses!($"{Column.Name} {Visible.Quote(text)}");
        return id;
    }
}

/// <summary>A tag, which the row's key decides.</summary>
sealed class TagKey(string name, int tag) : KnownText(name)
{
    public override void Find(Batch batch, Span<int> ids)
    {
        var key = batch.Key;
        for (var row = 0; row < ids.Length; row++) ids[row] = IdOf(batch.Schema, key[row]);
    }

    protected override string TextOf(Schema schema, int number) => schema.Keys.Tags(number)[tag];
}

/// <summary>A column of texts.</summary>
sealed class TextKey(string name, int number) : KnownText(name)
{
    public override void Find(Batch batch, Span<int> ids)
    {
        var codes = batch.Bits(number);
        for (var row = 0; row < ids.Length; row++) ids[row] = codes[row] == Slot.Missing ? -1 : IdOf(batch.Schema, (int)codes[row]);
    }

    protected override string TextOf(Schema schema, int code) => schema.Codes.Text(code);
}

/// <summary>A column of whole numbers.</summary>
sealed class WholeKey(string name, int number) : LookupKey(new Column(name, Kind.Integer))
{
    Dictionary<long, int> _known = [];

    public override void Use(Lookup lookup, int key, Action<string> misses) => _known = lookup.Wholes(key);

    public override void Find(Batch batch, Span<int> ids)
    {
        var values = batch.Bits(number);
        for (var row = 0; row < ids.Length; row++) ids[row] = _known.GetValueOrDefault(values[row], -1); // what is missing is in no table
    }
}
