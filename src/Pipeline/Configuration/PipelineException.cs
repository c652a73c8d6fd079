namespace StreamEdge;

/// <summary>The user's mistake, told with every place in the file that needs a change.</summary>
/// <param name="faults">The mistakes, in the order of the file.</param>
/// <param name="omitted">How many more there are that were not kept.</param>
public sealed class PipelineException(IReadOnlyList<Fault> faults, int omitted = 0) : Exception(Lines(faults, omitted))
{
    /// <summary>One mistake.</summary>
    public PipelineException(Fault fault) : this([fault])
    {
    }

    /// <summary>The mistakes, in the order of the file.</summary>
    public IReadOnlyList<Fault> Faults => faults;

    /// <summary>How many more there are that were not kept.</summary>
    public int Omitted => omitted;

    static string Lines(IReadOnlyList<Fault> faults, int omitted)
    {
        var lines = string.Join('\n', faults);
        return omitted == 0 ? lines : $"{lines}\n... and {omitted} more";
    }
}
