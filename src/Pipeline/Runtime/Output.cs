namespace StreamEdge;

/// <summary>Where a step puts what it emits. Fused neighbours are called at once; edges and sinks keep it until the stage passes it on.</summary>
public sealed class Output
{
    readonly BatchPool _pool;
    readonly Books _books;
    readonly Observers _observers;
    Target[] _targets = [];
    Target[][] _branches = []; // of a step with several ways out

    internal Output(Schema schema, BatchPool pool, Books books, Observers observers) =>
        (Schema, _pool, _books, _observers) = (schema, pool, books, observers);

    /// <summary>An output that hands every batch to a receiver, which then holds it. For running a step outside a graph.</summary>
    public Output(Schema schema, Books books, Action<Batch> receive) : this(schema, new BatchPool(), books, new Observers()) => To(new Receiver(receive));

    /// <summary>The same for a step that sets something aside.</summary>
    public Output(Schema schema, Books books, Action<Batch> receive, Action<Batch> aside) : this(schema, books, receive) => To(new Receiver(aside), 0);

    /// <summary>The same for a step with several ways out: a receiver for each.</summary>
    public Output(Schema schema, Books books, IReadOnlyList<Action<Batch>> receive) : this(schema, new BatchPool(), books, new Observers())
    {
        for (var branch = 0; branch < receive.Count; branch++) To(new Receiver(receive[branch]), branch);
    }

    /// <summary>What is emitted.</summary>
    public Schema Schema { get; }

    /// <summary>An empty batch of <see cref="Schema"/>.</summary>
    /// <param name="source">The pipeline's source whose data it will hold.</param>
    public Batch Rent(int source = 0)
    {
        var batch = _pool.Rent(Schema);
        batch.Source = source;
        return batch;
    }

    /// <summary>An empty batch for what is set aside.</summary>
    /// <param name="schema">The step's <see cref="Operator.Aside"/>.</param>
    /// <param name="source">The pipeline's source whose data it will hold.</param>
    public Batch RentAside(Schema schema, int source)
    {
        var batch = _pool.Rent(schema);
        batch.Source = source;
        return batch;
    }

    /// <summary>Passes on what is set aside, and the caller's hold with it.</summary>
    public void EmitAside(Batch batch)
    {
        _books.Passed += batch.Count;
        Give(batch, _branches.Length > 0 ? _branches[0] : []);
    }

    /// <summary>Passes the batch on, and the caller's hold with it. An empty one goes back to the pool.</summary>
    public void Emit(Batch batch) => PassOn(batch, _targets);

    /// <summary>The same by one of the step's <see cref="Operator.Branches"/>.</summary>
    public void Emit(Batch batch, int branch) => PassOn(batch, branch < _branches.Length ? _branches[branch] : _targets);

    internal void To(Target target, int? branch = null)
    {
        if (branch is not { } number)
        {
            _targets = [.. _targets, target];
            return;
        }

        while (_branches.Length <= number) _branches = [.. _branches, []];
        _branches[number] = [.. _branches[number], target];
    }

    void PassOn(Batch batch, Target[] targets)
    {
        if (batch.Count == 0)
        {
            batch.Release();
            return;
        }

        _books.Passed += batch.Count;
        if (_observers.Any) _observers.Show(batch);
        Give(batch, targets);
    }

    static void Give(Batch batch, Target[] targets)
    {
        if (targets.Length == 0)
        {
            batch.Release();
            return;
        }

        if (targets.Length > 1) batch.Hold(targets.Length - 1);
        foreach (var target in targets) target.Take(batch);
    }

    sealed class Receiver(Action<Batch> receive) : Target
    {
        public override void Take(Batch batch) => receive(batch);
    }
}

/// <summary>What can be given batches: a fused step, a fused sink, or an edge to another stage.</summary>
abstract class Target
{
    /// <summary>Takes the batch and the caller's hold on it. Never waits.</summary>
    public abstract void Take(Batch batch);

    /// <summary>What takes the batches of one of several inputs: this target itself, where it does not tell them apart.</summary>
    public virtual Target Input(int number) => this;

    /// <summary>Whether it takes more now; otherwise other inputs come first.</summary>
    public virtual bool HasRoom => true;

    /// <summary>No batch will come any more.</summary>
    public virtual void End()
    {
    }
}

/// <summary>A target at the border of a stage: it keeps what it is given until the stage, which may wait, passes it on.</summary>
abstract class Leaf : Target
{
    /// <summary>Whether anything waits to be passed on.</summary>
    public abstract bool Waiting { get; }

    /// <summary>Passes on what waits; waits while the other side is full.</summary>
    public abstract ValueTask PassOnAsync(CancellationToken cancel);

    /// <summary>Passes on a barrier or what a source says, behind all data so far.</summary>
    public abstract ValueTask ControlAsync(Control control, CancellationToken cancel);

    /// <summary>Writes its account, as it stands before the barrier; nothing waits then but what lies behind it.</summary>
    public abstract void Save(Snapshot snapshot);

    /// <summary>Returns when everything taken is on the other side: in the channel of an edge, outside a sink. Behind a barrier that stopped the pipeline a sink has nothing to do: its state is in the snapshot.</summary>
    public abstract ValueTask DrainAsync(bool isStopped, CancellationToken cancel);

    /// <summary>Nothing more will come; with the error that ended it, if one did.</summary>
    public abstract void Complete(Exception? error);
}
