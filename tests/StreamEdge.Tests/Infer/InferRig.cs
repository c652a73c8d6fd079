using System.Security.Cryptography;
using System.Text;

namespace StreamEdge;

/// <summary>One row of a picture: who, when (in seconds), its values.</summary>
sealed record WideRow(string Key, long At, params double[] Values)
{
    public Quality Quality { get; init; }

    public Pane Pane { get; init; }
}

/// <summary>A models folder of its own, gone after the test.</summary>
sealed class TempModels : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("models").FullName;

    /// <summary>Writes a model; SHA in its contract becomes that of the network. Returns the path of model.yaml.</summary>
    public string Add(string model, string yaml, byte[] onnx)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, model.Replace('@', '/'))).FullName;
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), onnx);
        var file = Path.Combine(folder, "model.yaml");
        File.WriteAllText(file, yaml.Replace("SHA", Convert.ToHexStringLower(SHA256.HashData(onnx))));
        return file;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>An infer step alone: rows in, rows out, on a clock that the test turns.</summary>
sealed class InferRig
{
    static readonly BatchPool s_pool = new();
    readonly Clock _clock;
    readonly Output? _output;
    readonly List<Batch> _out = [];
    int _given;

    /// <summary>Builds the step from the text that stands behind <c>infer:</c> in a file.</summary>
    public InferRig(TempModels models, Schema rows, string options, bool withoutModels = false)
    {
        (Rows, _clock) = (rows, new Clock(Time));
        var faults = new Faults("plant.yaml");
        var bound = OptionsBinder.Bind(typeof(InferOptions), "infer", YamlReader.Read(Encoding.UTF8.GetBytes(options), faults)!, faults);
        var surroundings = new Surroundings { ModelsFolder = models.Folder, WithoutModels = withoutModels };
        var pipeline = new PipelineContext("plant", "plant.yaml", new TimeOptions(), [], rows.Keys, _clock, surroundings);
        var context = new BuildContext("infer", [rows], pipeline, faults, (option, entry, item, offset) => option.Length == 0 ? new(1, 1) : bound.PositionOf(option, entry, item, offset));
        var step = bound.Sound ? ((InferOptions)bound.Value).Build(context) : null;
        Faults = [.. faults.Items.Select(f => f.ToString())];
        Step = step!; // none where there are faults
        if (step is not null) _output = new Output(step.Output, step.Books, _out.Add);
    }

    public TurnedTime Time { get; } = new();

    public Schema Rows { get; }

    public Operator Step { get; }

    public IReadOnlyList<string> Faults { get; }

    /// <summary>How many rows have come out, batch by batch.</summary>
    public IReadOnlyList<int> Sizes => [.. _out.Select(b => b.Count)];

    /// <summary>Rows with these columns, as <c>NAME</c> or <c>NAME:UNIT</c>; tagged with one tag.</summary>
    public static Schema Wide(bool hasWindow, params string[] columns) => Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(),
        [.. columns.Select(c => c.Split(':')).Select(c => new Column(c[0], Kind.Number, c.Length < 2 ? null : Units.TryParse(c[1], out var unit) ? unit : throw new ArgumentException(c[1])))], hasWindow);

    /// <summary>Gives rows in one batch and checks that none is lost.</summary>
    public InferRig Give(params WideRow[] rows)
    {
        var batch = s_pool.Rent(Rows);
        foreach (var row in rows) Append(batch, row);
        _given += rows.Length;
        Step.Process(batch, _output!);
        Assert.Equal(_given, Step.Books.Passed + Step.Held);
        return this;
    }

    /// <summary>Gives each row in a batch of its own.</summary>
    public InferRig GiveOneByOne(params WideRow[] rows)
    {
        foreach (var row in rows) Give(row);
        return this;
    }

    public InferRig Wait(TimeSpan time)
    {
        Time.Turn(time);
        if (Step.NextDue <= _clock.Now) Step.OnTime(_clock.Now, _output!);
        return this;
    }

    public InferRig Finish()
    {
        Step.Finish(_output!);
        Assert.Equal(0, Step.Held);
        return this;
    }

    /// <summary>The state saved here, taken up by a step of the same kind.</summary>
    public void MoveTo(InferRig other)
    {
        var state = new StateWriter();
        Step.Save(state);
        other.Step.Restore(new StateReader(state.Written));
        other._given += (int)other.Step.Held;
    }

    /// <summary>A column of all rows that came out.</summary>
    public double[] Numbers(string column) => [.. All(column, (batch, number, row) => batch.Column(number)[row])];

    /// <inheritdoc cref="Numbers"/>
    public IReadOnlyList<string?> Texts(string column) => [.. All(column, (batch, number, row) => batch.Bits(number)[row] is var code && code == Slot.Missing ? null : batch.Schema.Codes.Text(code))];

    /// <summary>The anomaly marks of all rows that came out: + yes, - no, ? not known.</summary>
    public string Marks => string.Concat(All(Columns.Anomaly, (batch, number, row) => batch.Bits(number)[row] switch { 1 => '+', 0 => '-', _ => '?' }));

    /// <summary>Every row that came out, with all its columns, as text.</summary>
    public IReadOnlyList<string> Lines => [.. _out.SelectMany(batch => Enumerable.Range(0, batch.Count).Select(row => Line(batch, row)))];

    static string Line(Batch batch, int row) => $"{batch.Time[row]} {batch.Schema.Keys.Text(batch.Key[row])} " + string.Join(' ', batch.Schema.Columns.Select((column, number) =>
        column.Kind == Kind.Number ? Number.Text(Math.Round(batch.Column(number)[row], 6)) : batch.Bits(number)[row] == Slot.Missing ? "?" : column.Kind == Kind.Text ? batch.Schema.Codes.Text(batch.Bits(number)[row]) : $"{batch.Bits(number)[row]}"));

    static void Append(Batch batch, WideRow row)
    {
        var at = batch.Count;
        batch.Grow(at + 1);
        batch.Count = at + 1;
        batch.Time[at] = row.At * Nanoseconds.Second;
        batch.Key[at] = batch.Schema.Keys.Device(row.Key);
        for (var column = 0; column < row.Values.Length; column++) batch.Column(column)[at] = row.Values[column];
        if (batch.HasQuality || row.Quality != Quality.Good) batch.Quality[at] = row.Quality;
        if (!batch.Schema.HasWindow) return;
        batch.End[at] = (row.At + 60) * Nanoseconds.Second;
        batch.Pane[at] = row.Pane;
        batch.Revision[at] = 0;
    }

    IEnumerable<T> All<T>(string column, Func<Batch, int, int, T> read) =>
        from batch in _out
        from row in Enumerable.Range(0, batch.Count)
        select read(batch, Step.Output.ColumnNumber(column), row);
}
