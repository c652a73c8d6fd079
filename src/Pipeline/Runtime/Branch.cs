namespace StreamEdge;

/// <summary>One way out of a step that has several, such as a route: whatever leaves by it, counted, for those who read it.</summary>
sealed class Branch(Schema input) : Operator(input)
{
    /// <inheritdoc/>
    public override void Process(Batch batch, Output output) => output.Emit(batch);
}
