namespace StreamEdge;

/// <summary>
/// Stages 2 to 6: turns batches into batches. Synchronous, owns no task and no lock: the engine calls it from one
/// stage at a time. All time comes from <see cref="Clock"/> and the rows themselves.
/// </summary>
/// <param name="output">What it emits.</param>
/// <param name="signals">The signals by which its drops are counted; those of a step that turns readings into rows are its input's.</param>
public abstract class Operator(Schema output, IReadOnlyList<Signal> signals)
{
    /// <summary>For a step whose drops are counted by the signals that it emits.</summary>
    /// <param name="output">What it emits.</param>
    protected Operator(Schema output) : this(output, output.Signals)
    {
    }

    /// <summary>What it emits.</summary>
    public Schema Output { get; } = output;

    /// <summary>Its account: what it absorbed, made and dropped. What comes in and goes out is counted by the engine.</summary>
    public Books Books { get; } = new(signals);

    /// <summary>Whether it needs a stage of its own, as a step that waits for a deadline does.</summary>
    public virtual bool OwnStage => false;

    /// <summary>Whether it depends on the order of a device's rows: the compiler then puts a reorder before it, where they may be out of order.</summary>
    public virtual bool NeedsOrder => false;

    /// <summary>Where it matters which of a device's readings of one instant comes first: by signal its rank, the least first; null where they come as they do.</summary>
    public virtual IReadOnlyList<byte>? Ranks => null;

    /// <summary>Whether what it emits depends on how far event time has come: where readings come to it by several ways, the compiler brings them to one time first.</summary>
    public virtual bool HasClock => false;

    /// <summary>Whether it takes more from one of several inputs now; one that runs far ahead of the others then waits in its queue. The default: always.</summary>
    /// <param name="input">The input's place in <see cref="BuildContext.Inputs"/>.</param>
    public virtual bool HasRoom(int input) => true;

    /// <summary>The names of its ways out, where it has several and each row leaves by one of them, as of <c>route</c>; empty for a step with one.</summary>
    public virtual IReadOnlyList<string> Branches => [];

    /// <summary>What it sets aside, besides what it emits: readings that came too late, by the way <c>NAME.late</c>. Null where it sets nothing aside.</summary>
    public virtual Schema? Aside => null;

    /// <summary>Whether it emits the rows of each group in the order of their time, whatever order its input has. Default: where they are windows.</summary>
    public virtual bool EmitsInOrder => Output.HasWindow;

    /// <summary>Rows or readings that came in and are still undecided: neither absorbed, dropped nor passed on.</summary>
    public virtual long Held => 0;

    /// <summary>The instant of <see cref="Clock.Now"/> at which <see cref="OnTime"/> wants to be called; <see cref="long.MaxValue"/> for never.</summary>
    public virtual long NextDue => long.MaxValue;

    /// <summary>Figures of this run that its books do not hold, such as the worst error of a compressed trend: name and value, for the closing summary.</summary>
    public virtual IEnumerable<(string Name, string Value)> Report => [];

    /// <summary>The constants that its values are scaled by, or how they are learned, a clause each: for <c>explain</c>.</summary>
    public virtual IEnumerable<string> Constants => [];

    /// <summary>The model that it asks, NAME@VERSION; null for a step without one. A test may <see cref="Stub">say</see> what it answers.</summary>
    public virtual string? Model => null;

    /// <summary>Gives rows these values in place of what the model would say; its other columns are missing then. Before the first batch.</summary>
    /// <param name="columns">Columns of <see cref="Output"/> that the model fills.</param>
    public virtual void Stub(IReadOnlyList<StubbedColumn> columns) => throw new InvalidOperationException("the step asks no model");

    /// <summary>Takes a batch: passes it on through <paramref name="output"/> or releases it.</summary>
    public abstract void Process(Batch batch, Output output);

    /// <summary>Takes a batch of one of several inputs; the default makes no difference between them.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="input">The input's place in <see cref="BuildContext.Inputs"/>.</param>
    /// <param name="output">Where to emit.</param>
    public virtual void Process(Batch batch, int input, Output output) => Process(batch, output);

    /// <summary>Called when <see cref="NextDue"/> has come.</summary>
    /// <param name="now"><see cref="Clock.Now"/>.</param>
    /// <param name="output">Where to emit.</param>
    public virtual void OnTime(long now, Output output)
    {
    }

    /// <summary>One of the pipeline's sources has ended; it holds back a shared clock no longer.</summary>
    public virtual void OnSourceEnd(int source, Output output)
    {
    }

    /// <summary>One of the pipeline's sources has given everything before an instant, Unix nanoseconds: a clock that it takes part in may move.</summary>
    /// <param name="source">The source.</param>
    /// <param name="watermark">The instant; it may be earlier than one before.</param>
    /// <param name="output">Where to emit.</param>
    public virtual void OnWatermark(int source, long watermark, Output output)
    {
    }

    /// <summary>One of the pipeline's sources holds back a shared clock no longer, until its next reading.</summary>
    public virtual void OnIdle(int source, Output output)
    {
    }

    /// <summary>One of several inputs has ended: the steps before it have emitted all that they held. <see cref="Finish"/> follows when all have.</summary>
    /// <param name="input">The input's place in <see cref="BuildContext.Inputs"/>.</param>
    /// <param name="output">Where to emit.</param>
    public virtual void OnInputEnd(int input, Output output)
    {
    }

    /// <summary>The input has ended: emits all that is still held and every open window.</summary>
    public virtual void Finish(Output output)
    {
    }

    /// <summary>What the saved state looks like; a state saved under another shape is refused. The options that matter, as text.</summary>
    public virtual string StateShape => "";

    /// <summary>Writes everything that decides later output. A step without state has nothing to write.</summary>
    public virtual void Save(StateWriter state)
    {
    }

    /// <summary>Takes up a saved state. Called before the first batch.</summary>
    public virtual void Restore(StateReader state)
    {
    }
}
