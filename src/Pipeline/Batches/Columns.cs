namespace StreamEdge;

/// <summary>Names of the columns that steps add to rows and others look for.</summary>
public static class Columns
{
    /// <summary>Whether the row belongs to an anomaly: bool.</summary>
    public const string Anomaly = "anomaly";

    /// <summary>Share of the expected readings that a window got, 0 to 1.</summary>
    public const string Coverage = "coverage";
}
