namespace StreamEdge;

/// <summary>
/// A derive of five operations against the loop that one would write by hand, and against an interpreter that walks a tree
/// for each row with its values boxed in a dictionary, as expression libraries do.
/// </summary>
static class ExpressionBenchmark
{
    const string Text = "max((a + b) * c - d / 2, 0)";
    const int Batches = 500;

    /// <summary>Prints <c>ratio expressions …</c>: how many times the loop's cost, and how many times faster than the interpreter.</summary>
    public static void Run()
    {
        var schema = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [.. "abcd".Select(name => new Column(name.ToString(), Kind.Number))], hasWindow: false);
        var batch = Rows(schema);
        var results = new double[batch.Count];
        var bound = Expression.TryParse(Text, out var expression, out var wrong) ? expression.Bind(schema, []) : throw new InvalidOperationException(wrong.ToString());
        var loop = Measure.Paired(() => Loop(batch, results), () => Computed(bound!, batch, results), pairs: 11);
        Console.WriteLine($"ratio expressions: derive of five operations, cpu {loop.Cpu:0.00} of the loop (goal: <= 2.0); {batch.Count * (double)Batches / (loop.YardstickCpu * loop.Cpu) / 1e6:0} M rows/s, {loop.Allocated / Batches:0.0} B allocated a batch");

        var tree = new Call(Math.Max, new Call((x, y) => x - y, new Call((x, y) => x * y, new Call((x, y) => x + y, new Name("a"), new Name("b")), new Name("c")), new Call((x, y) => x / y, new Name("d"), new Value(2.0))), new Value(0.0));
        var interpreted = Measure.Paired(() => Computed(bound!, batch, results), () => Interpreted(tree, batch, results), pairs: 3);
        Console.WriteLine($"ratio expressions: {interpreted.Cpu:0} times as fast as interpreting each row (goal: >= 5)");
    }

    static Batch Rows(Schema schema)
    {
        var batch = new BatchPool().Rent(schema);
        batch.Grow(Batch.MaxRows);
        batch.Count = Batch.MaxRows;
        var random = new Random(1);
        for (var column = 0; column < 4; column++)
            for (var row = 0; row < batch.Count; row++) batch.Column(column)[row] = random.NextDouble() * 10;
        batch.Key.Fill(schema.Keys.Device("m1"));
        return batch;
    }

    static Checksum Loop(Batch batch, double[] to)
    {
        for (var round = 0; round < Batches; round++)
        {
            var a = batch.Column(0);
            var b = batch.Column(1);
            var c = batch.Column(2);
            var d = batch.Column(3);
            for (var row = 0; row < a.Length; row++) to[row] = Math.Max(((a[row] + b[row]) * c[row]) - (d[row] / 2), 0);
        }

        return Sum(to);
    }

    static Checksum Computed(BoundExpression bound, Batch batch, double[] to)
    {
        for (var round = 0; round < Batches; round++) bound.Compute(batch, to);
        return Sum(to);
    }

    static Checksum Interpreted(Node tree, Batch batch, double[] to)
    {
        var values = new Dictionary<string, object>();
        for (var round = 0; round < Batches; round++)
            for (var row = 0; row < batch.Count; row++)
            {
                for (var column = 0; column < 4; column++) values[batch.Schema.Columns[column].Name] = batch.Column(column)[row];
                to[row] = (double)tree.Evaluate(values);
            }

        return Sum(to);
    }

    static Checksum Sum(double[] values) => new() { Rows = values.Length, Means = values.Sum() };

    abstract class Node
    {
        public abstract object Evaluate(Dictionary<string, object> values);
    }

    sealed class Name(string name) : Node
    {
        public override object Evaluate(Dictionary<string, object> values) => values[name];
    }

    sealed class Value(object value) : Node
    {
        public override object Evaluate(Dictionary<string, object> values) => value;
    }

    sealed class Call(Func<double, double, double> of, Node left, Node right) : Node
    {
        public override object Evaluate(Dictionary<string, object> values) => of((double)left.Evaluate(values), (double)right.Evaluate(values));
    }
}
