namespace StreamEdge;

/// <summary>Checks that tags, columns and a format's own names do not meet in one line.</summary>
public static class OutputNames
{
    /// <summary>Reports names that would stand twice in a line; true where there are none.</summary>
    /// <param name="context">The sink's context.</param>
    /// <param name="option">The option that chose the format.</param>
    /// <param name="format">The format, as the user knows it.</param>
    /// <param name="names">Every name of a line.</param>
    public static bool AreDistinct(BuildContext context, string option, string format, IEnumerable<string> names)
    {
        var twice = names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        foreach (var name in twice)
            context.Fault(option, $"'{name}' would stand twice in each line of {format}", $"give the tag, signal or column '{name}' another name");
        return twice.Count == 0;
    }
}
