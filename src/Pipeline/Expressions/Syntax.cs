namespace StreamEdge;

/// <summary>What an expression says, before it is known what its names mean.</summary>
/// <param name="At">Index of the character of the text at which it begins; of an operation, the sign's.</param>
abstract record Syntax(int At);

/// <summary>A number, with the unit that stands behind it: <c>5</c>, <c>80%</c>, <c>15 degC</c>.</summary>
sealed record NumberSyntax(int At, double Value, string? Unit) : Syntax(At);

/// <summary>A text in double quotes.</summary>
sealed record TextSyntax(int At, string Text) : Syntax(At);

/// <summary><c>true</c> or <c>false</c>.</summary>
sealed record TruthSyntax(int At, bool Value) : Syntax(At);

/// <summary>The name of a column, a tag or a word such as <c>quality</c>.</summary>
sealed record NameSyntax(int At, string Name) : Syntax(At);

/// <summary><c>-x</c> or <c>not x</c>.</summary>
sealed record UnarySyntax(int At, string Sign, Syntax Of) : Syntax(At);

/// <summary><c>x + y</c>, <c>x and y</c>, <c>x ?? y</c>.</summary>
sealed record BinarySyntax(int At, string Sign, Syntax Left, Syntax Right) : Syntax(At);

/// <summary><c>x in ("run", "idle")</c>.</summary>
sealed record InSyntax(int At, Syntax Of, IReadOnlyList<Syntax> Choices) : Syntax(At);

/// <summary><c>max(x, y)</c>.</summary>
sealed record CallSyntax(int At, string Function, IReadOnlyList<Syntax> Arguments) : Syntax(At);

/// <summary>A text that is no expression.</summary>
sealed class SyntaxException(Wrong wrong) : Exception(wrong.What)
{
    public Wrong Wrong => wrong;
}
