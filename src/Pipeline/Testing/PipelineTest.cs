namespace StreamEdge;

/// <summary>One test of a pipeline's <c>tests:</c> block, read and checked.</summary>
public sealed class PipelineTest
{
    internal PipelineTest(string name, Position at, IReadOnlyList<FedReadings> feed, IReadOnlyList<StubbedModel> models, IReadOnlyList<StepExpectation> expectations) =>
        (Name, At, Feed, Models, Expectations) = (name, at, feed, models, expectations);

    /// <summary>What it shows.</summary>
    public string Name { get; }

    /// <summary>Where the file writes it.</summary>
    public Position At { get; }

    internal IReadOnlyList<FedReadings> Feed { get; }

    internal IReadOnlyList<StubbedModel> Models { get; }

    internal IReadOnlyList<StepExpectation> Expectations { get; }
}

/// <summary>How a test ended.</summary>
/// <param name="Test">The test.</param>
/// <param name="Failures">What was not as expected, in the order of the file; none where it passed.</param>
public sealed record TestOutcome(PipelineTest Test, IReadOnlyList<TestFailure> Failures)
{
    /// <summary>Whether all was as expected.</summary>
    public bool Passed => Failures.Count == 0;
}

/// <summary>One expectation of a test that did not come true.</summary>
/// <param name="At">Where the file writes the expectation.</param>
/// <param name="What">What is wrong, in one line.</param>
/// <param name="Diff">What was expected (behind a minus) and what came instead (behind a plus).</param>
public sealed record TestFailure(Position At, string What, IReadOnlyList<string> Diff);

/// <summary>What a test says of one column of a model's result: its values in turn for the rows of each machine, the last of them for all further ones.</summary>
/// <param name="Column">The number of the column in the rows of the step.</param>
/// <param name="Slots">The values.</param>
public sealed record StubbedColumn(int Column, IReadOnlyList<double> Slots);

/// <summary>A model whose result a test sets, in the step that asks it.</summary>
sealed record StubbedModel(string Step, IReadOnlyList<(int Column, FedValues Values)> Columns);

/// <summary>What a test expects of one step or sink.</summary>
sealed record StepExpectation(string Name, Position At)
{
    /// <summary>The step whose rows are looked at.</summary>
    public required PlannedStep Step { get; init; }

    /// <summary>The names of the steps whose drops are counted: several for a group such as <c>clean</c>.</summary>
    public required IReadOnlyList<string> Members { get; init; }

    public (Position At, ExpectedValue Value)? Rows { get; init; }

    public (Position At, ExpectedValue Value)? Readings { get; init; }

    /// <summary>All it emits; null where that is not said.</summary>
    public IReadOnlyList<ExpectedRow>? Emits { get; init; }

    /// <summary>Some of what it emits.</summary>
    public IReadOnlyList<ExpectedRow> Has { get; init; } = [];

    /// <summary>Drops by reason; an empty reason for all of them.</summary>
    public IReadOnlyList<(Position At, string Reason, ExpectedValue Value)> Dropped { get; init; } = [];

    /// <summary>"rows" or "readings".</summary>
    public string Noun => Schemas.All(s => s.IsRows) ? "row" : Schemas.All(s => !s.IsRows) ? "reading" : "row or reading";

    public bool IsSink => Step.Sink is not null;

    public IReadOnlyList<Schema> Schemas => SchemasOf(Step);

    public static IReadOnlyList<Schema> SchemasOf(PlannedStep step) => step.Sink is null ? [step.Output!] : [.. step.Inputs.Select(i => i.Output!)];
}
