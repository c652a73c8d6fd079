namespace StreamEdge;

/// <summary>What a step of the table can be told in the file. Immutable; its properties are the keys, its summaries the documentation.</summary>
public abstract record StepOptions
{
    /// <summary>Whether an option that is not written has a meaning beside those that are; <c>explain</c> shows no other.</summary>
    /// <param name="option">The option's property.</param>
    public virtual bool Concerns(string option) => true;
}

/// <summary>Options of a source.</summary>
public abstract record SourceOptions : StepOptions
{
    /// <summary>The names of the tags that its readings carry.</summary>
    internal protected virtual IReadOnlyList<string> TagNames => [];

    /// <summary>How many logical sources it has, each with a part in a shared clock.</summary>
    internal protected virtual int LogicalSources => 1;

    /// <summary>Whether it can say that everything before an instant has been given.</summary>
    internal protected virtual bool GivesWatermarks => false;

    /// <summary>Makes the source, or reports every fault.</summary>
    public abstract Source Build(BuildContext context);
}

/// <summary>Options of an operator.</summary>
public abstract record OperatorOptions : StepOptions
{
    /// <summary>Whether the operator tells its inputs apart, as a join does. To others readings of several steps are one input, and rows of several are a mistake.</summary>
    public virtual bool TellsInputsApart => false;

    /// <summary>Makes the operator, or reports every fault.</summary>
    public abstract Operator Build(BuildContext context);
}

/// <summary>Options of a sink.</summary>
public abstract record SinkOptions : StepOptions
{
    /// <summary>Makes the sink, or reports every fault.</summary>
    public abstract Sink Build(BuildContext context);
}
