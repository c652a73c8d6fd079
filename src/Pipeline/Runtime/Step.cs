namespace StreamEdge;

/// <summary>An operator in its place in the graph: counts what passes, names what fails.</summary>
sealed class Step(string name, Operator runner, BatchPool pool) : Target
{
    public string Name { get; } = name;

    public Operator Operator { get; } = runner;

    public Observers Observers { get; } = new();

    public Books Books => Operator.Books;

    public Output Output => field ??= new Output(Operator.Output, pool, Operator.Books, Observers);

    /// <inheritdoc/>
    public override void Take(Batch batch) => Take(batch, 0);

    /// <inheritdoc/>
    public override Target Input(int number) => new Side(this, number);

    public void OnTime(long now) => Guard(static (step, now) => step.Operator.OnTime(now, step.Output), now);

    /// <summary>Tells the operator what a source says.</summary>
    public void Tell(Control control) => Guard(static (step, control) =>
    {
        if (control is SourceEnd end) step.Operator.OnSourceEnd(end.Source, step.Output);
        else if (control is SourceWatermark given) step.Operator.OnWatermark(given.Source, given.Time, step.Output);
        else if (control is SourceIdle idle) step.Operator.OnIdle(idle.Source, step.Output);
    }, control);

    public void Finish() => Guard(static (step, _) => step.Operator.Finish(step.Output), 0);

    public void Save(Snapshot snapshot) => snapshot.Add(Name, Operator.StateShape, state =>
    {
        Books.Save(state);
        Operator.Save(state);
    });

    public void Restore(Snapshot snapshot) => snapshot.Restore(Name, Operator.StateShape, state =>
    {
        Books.Restore(state);
        Operator.Restore(state);
    });

    /// <summary>Books that do not balance are a bug, and one that must not go unseen.</summary>
    public void CheckBooks()
    {
        var difference = Books.Difference(Operator.Held);
        if (difference != 0)
            throw new StepFailure(Name, new InvalidOperationException($"its books do not balance: {difference} too many came in, or too few went out"));
    }

    void Take(Batch batch, int input)
    {
        Books.In += batch.Count;
        try
        {
            Operator.Process(batch, input, Output);
        }
        catch (Exception error) when (error is not StepFailure)
        {
            throw new StepFailure(Name, error);
        }
    }

    void Guard<T>(Action<Step, T> action, T argument)
    {
        try
        {
            action(this, argument);
        }
        catch (Exception error) when (error is not StepFailure)
        {
            throw new StepFailure(Name, error);
        }
    }

    /// <summary>One of several inputs.</summary>
    sealed class Side(Step step, int input) : Target
    {
        /// <inheritdoc/>
        public override void Take(Batch batch) => step.Take(batch, input);

        /// <inheritdoc/>
        public override bool HasRoom => step.Operator.HasRoom(input);

        /// <inheritdoc/>
        public override void End() => step.Guard(static (step, input) => step.Operator.OnInputEnd(input, step.Output), input);
    }
}

/// <summary>A step failed: the pipeline stops, and says which step it was.</summary>
public sealed class StepFailure(string step, Exception error) : Exception($"step '{step}' failed: {error.Message}", error)
{
    /// <summary>The step's unique name.</summary>
    public string Step { get; } = step;
}
