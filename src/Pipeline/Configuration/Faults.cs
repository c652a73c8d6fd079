namespace StreamEdge;

/// <summary>Collects the mistakes of one file, so that all of them are told at once.</summary>
/// <param name="file">Name of the file as the user gave it.</param>
/// <param name="limit">How many mistakes are kept; further ones are only counted.</param>
public sealed class Faults(string file, int limit = 100)
{
    readonly HashSet<Fault> _kept = [];
    int _omitted;

    /// <summary>Name of the file as the user gave it.</summary>
    public string File => file;

    /// <summary>Whether there is any mistake.</summary>
    public bool Any => _kept.Count > 0;

    /// <summary>How many mistakes were kept so far; a caller compares before and after to see whether its part was sound.</summary>
    public int Count => _kept.Count + Omitted;

    /// <summary>How many mistakes came after the limit was reached.</summary>
    public int Omitted => _omitted;

    /// <summary>The mistakes in the order of the file, each once.</summary>
    public IReadOnlyList<Fault> Items => [.. _kept.OrderBy(fault => fault.At).ThenBy(fault => fault.What, StringComparer.Ordinal)];

    /// <summary>Notes a mistake.</summary>
    /// <param name="at">Place of the mistake.</param>
    /// <param name="what">What is wrong, in plain words.</param>
    /// <param name="remedy">What to write instead.</param>
    public void Add(Position at, string what, string? remedy = null)
    {
        var fault = new Fault(file, at, what, remedy);
        if (_kept.Count < limit) _kept.Add(fault);
        else if (!_kept.Contains(fault)) _omitted++;
    }

    /// <summary>Throws all mistakes as one exception, if there are any.</summary>
    public void ThrowIfAny()
    {
        if (Any) throw new PipelineException(Items, Omitted);
    }
}
