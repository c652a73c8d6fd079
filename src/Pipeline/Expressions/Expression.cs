using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>
/// What is computed or asked of each row: <c>temp > 80 and quality == "good"</c>. Read once; bound to the rows of a step, where
/// names, kinds and units are checked; then computed by columns. What is computed of a missing value is missing.
/// </summary>
public sealed record Expression : IOptionValue<Expression>
{
    readonly Syntax _syntax;
    readonly string _text;

    Expression(string text, Syntax syntax) => (_text, _syntax) = (text, syntax);

    /// <inheritdoc/>
    public static string Noun => "an expression";

    /// <inheritdoc/>
    public static string Example => "temp > 80 and pressure < 5";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Expression value, out Wrong wrong)
    {
        (value, wrong) = (null, default);
        try
        {
            value = new(text, ExpressionParser.Read(text));
            return true;
        }
        catch (SyntaxException error)
        {
            // What is missing at the end is told at the last character.
            wrong = error.Wrong with { Offset = Math.Clamp(error.Wrong.Offset, 0, Math.Max(0, text.TrimEnd().Length - 1)) };
            return false;
        }
    }

    /// <summary>Makes it ready for the rows of a schema.</summary>
    /// <param name="schema">The rows or readings.</param>
    /// <param name="wrongs">Takes what is wrong; the expression is then null.</param>
    /// <param name="wanted">What its values must be; null for anything.</param>
    public BoundExpression? Bind(Schema schema, List<Wrong> wrongs, Kind? wanted = null)
    {
        var before = wrongs.Count;
        var part = new ExpressionBinder(schema, wrongs).Bind(_syntax);
        if (part is not null && wanted is { } kind && part.Type.Kind != kind)
            wrongs.Add(new($"{Visible.Quote(_text)} is {part.Type.Noun}, not {new ExpressionType(kind).Noun}", kind == Kind.Bool ? "write a comparison, such as temp > 80" : null));
        return part is null || wrongs.Count > before ? null : new BoundExpression(part, schema, _text);
    }

    /// <summary>Makes it ready for a step's input, and reports what is wrong at the option's place in the file; null then.</summary>
    /// <param name="context">The step's context.</param>
    /// <param name="option">The option that holds it.</param>
    /// <param name="wanted">What its values must be; null for anything.</param>
    /// <param name="entry">The entry of an option that is a map.</param>
    /// <param name="schema">The rows, where they are not the step's input.</param>
    public BoundExpression? Bind(BuildContext context, string option, Kind? wanted = null, string? entry = null, Schema? schema = null)
    {
        var wrongs = new List<Wrong>();
        var bound = Bind(schema ?? context.Input, wrongs, wanted);
        foreach (var wrong in wrongs) context.Fault(option, wrong.What, wrong.Remedy, entry, offset: wrong.Offset);
        return bound;
    }

    /// <summary>Writes the expression as it was read.</summary>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(Expression? other) => other is not null && other._text == _text;

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);
}

/// <summary>An expression made ready for the rows of one schema. Not thread-safe: it has memory of its own.</summary>
public sealed class BoundExpression
{
    readonly Part _root;
    readonly Schema _schema;
    readonly string _text;
    readonly List<Memory> _memories = [];
    readonly HashSet<int> _columns = [];

    internal BoundExpression(Part root, Schema schema, string text)
    {
        (_root, _schema, _text) = (root, schema, text);
        Find(root);
    }

    /// <summary>What its values are.</summary>
    public ExpressionType Type => _root.Type;

    /// <summary>Whether it looks at the rows before, as <c>prev</c> does, so that their order matters.</summary>
    public bool NeedsOrder => _memories.Count > 0;

    /// <summary>What its saved memory looks like: its text, where it has memory.</summary>
    public string StateShape => NeedsOrder ? _text : "";

    /// <summary>Computes it for every row: a number, 1 or 0 for true and false, a text's code; NaN where it is missing.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="to">Is given a value per row; at least as long as the batch.</param>
    public void Compute(Batch batch, Span<double> to)
    {
        for (var from = 0; from < batch.Count; from += Tile.Rows)
        {
            var count = Math.Min(Tile.Rows, batch.Count - from);
            _root.Compute(new Tile(batch, from, count), to.Slice(from, count));
        }
    }

    /// <summary>Writes what it remembers.</summary>
    public void Save(StateWriter state)
    {
        foreach (var memory in _memories) memory.Save(state, _schema);
    }

    /// <summary>Takes up what the same expression wrote.</summary>
    public void Restore(StateReader state)
    {
        foreach (var memory in _memories) memory.Restore(state, _schema);
    }

    /// <summary>Whether it looks at a column of the rows.</summary>
    public bool Reads(int column) => _columns.Contains(column);

    void Find(Part part)
    {
        if (part is Memory memory) _memories.Add(memory);
        if (part is NumberColumn number) _columns.Add(number.Column);
        if (part is BitsColumn bits) _columns.Add(bits.Column);
        foreach (var inner in part.Parts) Find(inner);
    }
}
