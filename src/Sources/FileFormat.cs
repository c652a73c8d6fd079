namespace StreamEdge;

/// <summary>How the records of a file are written.</summary>
public enum FileFormat
{
    /// <summary>JSON lines where the file begins with an opening brace, else CSV.</summary>
    Auto,

    /// <summary>Fields between delimiters, in quotes where needed.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    JsonLines,
}

/// <summary>What one record of a file holds.</summary>
public enum FileShape
{
    /// <summary>The values of all signals at one instant, a column each.</summary>
    Wide,

    /// <summary>One value, with the name of its signal beside it.</summary>
    Long,
}
