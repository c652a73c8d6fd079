namespace StreamEdge;

/// <summary>A place in a pipeline file: line and column, both counted from 1, the column in characters.</summary>
/// <param name="Line">Line, counted from 1.</param>
/// <param name="Column">Column in characters, counted from 1.</param>
public readonly record struct Position(int Line, int Column) : IComparable<Position>
{
    /// <summary>The first character of a file, used where nothing more exact is known.</summary>
    public static readonly Position Start = new(1, 1);

    /// <inheritdoc/>
    public int CompareTo(Position other) => (Line, Column).CompareTo((other.Line, other.Column));

    /// <summary>Writes "line:column".</summary>
    public override string ToString() => $"{Line}:{Column}";
}
