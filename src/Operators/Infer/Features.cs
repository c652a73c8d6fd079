using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StreamEdge;

/// <summary>
/// Turns the columns of rows into what a model wants: its order, its unit, its scale, float. Unit and scale are one
/// multiplication and one addition.
/// </summary>
sealed class Features
{
    // So many rows at a time, that they stay in the fastest cache.
    const int Tile = 64;

    readonly Feature[] _features;
    readonly float _clip;
    readonly float[] _columns; // the inputs of a tile by column
    bool[] _unusable = [], _outside = [];

    Features(Feature[] features, float clip) => (_features, _clip, _columns) = (features, clip, new float[features.Length * Tile]);

    /// <summary>How many inputs a row gives.</summary>
    public int Count => _features.Length;

    /// <summary>Rows so far that lay outside what the model was trained on.</summary>
    public long Outside { get; set; }

    /// <summary>Finds the columns that a model wants; reports each that is missing or of the wrong kind or unit.</summary>
    public static Features Match(ModelFolder model, BuildContext context, Faults faults)
    {
        var rows = context.Input;
        var wanted = model.Contract.Columns;
        var features = new Feature[wanted.Count];
        for (var item = 0; item < wanted.Count; item++)
        {
            var column = rows.ColumnNumber(wanted[item].Column);
            var at = model.Bound.PositionOf(nameof(ModelContract.Columns), item: item);
            if (column < 0)
                faults.Add(at, $"the rows have no column {Visible.Quote(wanted[item].Column)}, which the model wants", RemedyOf(wanted[item].Column, context));
            else if (Match(wanted[item], context, column, at, faults) is { } feature)
                features[item] = feature;
        }

        return new(features, (float)(model.Contract.Clip ?? double.PositiveInfinity));
    }

    static string RemedyOf(string missing, BuildContext context) => Origin(missing, context) is (var signal, { } aggregate)
        ? $"let the window compute '{signal.Name}: [{aggregate.Name}]', or train a new version"
        : Suggestion.Nearest(missing, context.Input.Columns.Select(c => c.Name)) is { } near
            ? $"did you mean '{near}'?"
            : $"{Suggestion.Remedy(missing, context.Input.Columns.Select(c => c.Name), "their columns are")}; or train a new version";

    /// <summary>The signal that a column is made of, and what of it; null where its name does not say.</summary>
    static (Signal Signal, Aggregate? Of)? Origin(string column, BuildContext context)
    {
        foreach (var signal in context.Pipeline.Readings.Signals)
        {
            if (column == signal.Name) return (signal, null);
            if (column.StartsWith($"{signal.Name}_", StringComparison.Ordinal) && Aggregate.Find(column[(signal.Name.Length + 1)..], context.Input.Codes) is { } of) return (signal, of);
        }

        return null;
    }

    static Feature? Match(ModelColumn wanted, BuildContext context, int number, Position at, Faults faults)
    {
        var rows = context.Input;
        var column = rows.Columns[number];
        var name = Visible.Quote(column.Name);
        if (wanted.Text is { } text)
        {
            if (column.Kind == Kind.Text) return new(number, Kind.Text, 1 / wanted.Std, -wanted.Mean / wanted.Std, null, rows.Codes.Code(text));
            faults.Add(at, $"{name} is compared with a text, but is {Word(column.Kind)}", "leave 'equals' out");
            return null;
        }

        if (column.Kind == Kind.Text)
        {
            faults.Add(at, $"{name} is text, but the model wants a number", "name the text that stands for 1: 'equals: TEXT'");
            return null;
        }

        var (scale, offset) = (1.0, 0.0);
        if (wanted.Unit is { } unit)
        {
            if (column.Unit is null)
            {
                var remedy = Origin(column.Name, context) is var (signal, of) && of?.Name != "std" ? $"write '{signal.Name}: {{ unit: {unit} }}' under 'signals:'" : "declare its unit under 'signals:'";
                faults.Add(at, $"{name} has no unit here, but the model wants {unit}", $"{remedy}, or train a new version");
                return null;
            }

            if (!Unit.CanConvert(column.Unit, unit))
            {
                faults.Add(at, $"{name} is in {column.Unit} ({column.Unit.Dimension}) here, which cannot be turned into the model's {unit} ({unit.Dimension})", "use a model that was trained on this quantity");
                return null;
            }

            if (column.Unit != unit) (scale, offset) = Unit.Conversion(column.Unit, unit);
        }

        Bounds? range = wanted.Range is { } trained ? new((trained.Min - offset) / scale, (trained.Max - offset) / scale) : null;
        return new(number, column.Kind, scale / wanted.Std, (offset - wanted.Mean) / wanted.Std, range);
    }

    static string Word(Kind kind) => kind switch { Kind.Number => "a number", Kind.Integer => "a whole number", Kind.Bool => "true or false", _ => "text" };

    /// <summary>Writes the inputs of all rows, one row behind the other.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="to">Where the inputs go; <see cref="Count"/> a row.</param>
    /// <returns>Which rows lack an input; empty where none does.</returns>
    public Span<bool> Fill(Batch batch, Span<float> to)
    {
        var (rows, size) = (batch.Count, _features.Length);
        if (_unusable.Length < rows) (_unusable, _outside) = (new bool[batch.Capacity], new bool[batch.Capacity]);
        var (anyUnusable, anyOutside) = (false, false);
        for (var from = 0; from < rows; from += Tile)
        {
            var length = Math.Min(Tile, rows - from);
            for (var number = 0; number < size; number++)
            {
                ref readonly var feature = ref _features[number];
                var column = _columns.AsSpan(number * Tile, length);
                var expected = feature.Kind == Kind.Number
                    ? feature.Scaled(batch.Column(feature.Column).Slice(from, length), column)
                    : feature.Scaled(batch.Bits(feature.Column).Slice(from, length), column);
                if (!expected) Look(column, feature, from, rows, ref anyUnusable, ref anyOutside);
            }

            Transpose.Write(_columns, Tile, size, length, to[(from * size)..], size);
        }

        if (anyOutside) Outside += _outside.AsSpan(0, rows).Count(true);
        to = to[..(rows * size)];
        if (float.IsFinite(_clip)) TensorPrimitives.Clamp(to, -_clip, _clip, to);
        return anyUnusable ? _unusable.AsSpan(0, rows) : [];
    }

    /// <summary>Marks the rows that have no value or one outside the training range; called only where there is one.</summary>
    void Look(ReadOnlySpan<float> inputs, in Feature feature, int from, int rows, ref bool anyUnusable, ref bool anyOutside)
    {
        for (var row = 0; row < inputs.Length; row++)
        {
            if (float.IsNaN(inputs[row])) Mark(_unusable, from + row, rows, ref anyUnusable);
            else if (!(inputs[row] >= feature.Min && inputs[row] <= feature.Max)) Mark(_outside, from + row, rows, ref anyOutside);
        }

        static void Mark(bool[] marks, int row, int rows, ref bool any)
        {
            if (!any) marks.AsSpan(0, rows).Clear();
            (any, marks[row]) = (true, true);
        }
    }

    /// <summary>Where one input comes from, and how it is scaled.</summary>
    readonly struct Feature
    {
        readonly double _scale, _offset;

        public Feature(int column, Kind kind, double scale, double offset, Bounds? range, long code = 0)
        {
            (Column, Kind, _scale, _offset, Code) = (column, kind, scale, offset, code);
            (Min, Max) = range is { } known ? ((float)((known.Min * scale) + offset), (float)((known.Max * scale) + offset)) : (float.NegativeInfinity, float.PositiveInfinity);
        }

        public int Column { get; }

        public Kind Kind { get; }

        /// <summary>The text that stands for 1.</summary>
        public long Code { get; }

        /// <summary>Smallest and largest input in training, as scaled.</summary>
        public float Min { get; }

        /// <inheritdoc cref="Min"/>
        public float Max { get; }

        /// <summary>Scales numbers; false where one is missing (its input is NaN) or outside the training range.</summary>
        public bool Scaled(ReadOnlySpan<double> values, Span<float> inputs)
        {
            var (row, rows) = (0, values.Length);
            var expected = true;
            if (Vector256.IsHardwareAccelerated && rows >= 8)
            {
                ref var from = ref MemoryMarshal.GetReference(values);
                ref var to = ref MemoryMarshal.GetReference(inputs);
                var (scale, offset, min, max) = (Vector256.Create(_scale), Vector256.Create(_offset), Vector256.Create(Min), Vector256.Create(Max));
                var inside = Vector256<float>.AllBitsSet;
                for (; row <= rows - 8; row += 8)
                {
                    var lower = (Vector256.LoadUnsafe(ref from, (nuint)row) * scale) + offset;
                    var upper = (Vector256.LoadUnsafe(ref from, (nuint)row + 4) * scale) + offset;
                    var input = Vector256.Narrow(lower, upper);
                    inside &= Vector256.GreaterThanOrEqual(input, min) & Vector256.LessThanOrEqual(input, max);
                    input.StoreUnsafe(ref to, (nuint)row);
                }

                expected = inside.AsInt32() == Vector256<int>.AllBitsSet;
            }

            for (; row < rows; row++)
            {
                var input = (float)((values[row] * _scale) + _offset);
                expected &= input >= Min && input <= Max;
                inputs[row] = input;
            }

            return expected;
        }

        /// <summary>Scales whole numbers, true and false, or whether a text is the one; false as above.</summary>
        public bool Scaled(ReadOnlySpan<long> values, Span<float> inputs)
        {
            var expected = true;
            for (var row = 0; row < values.Length; row++)
            {
                double value = Kind == Kind.Text ? values[row] == Code ? 1 : 0 : values[row];
                var input = values[row] == Slot.Missing ? float.NaN : (float)((value * _scale) + _offset);
                expected &= input >= Min && input <= Max;
                inputs[row] = input;
            }

            return expected;
        }
    }
}
