namespace StreamEdge;

/// <summary>
/// Turns the columns of rows into what a model wants: its order, its unit, its scale, float. Unit and scale are one
/// multiplication and one addition.
/// </summary>
sealed class Features
{
    readonly Feature[] _features;
    readonly float _clip;
    bool[] _unusable = [], _outside = [];

    Features(Feature[] features, float clip) => (_features, _clip) = (features, clip);

    /// <summary>How many inputs a row gives.</summary>
    public int Count => _features.Length;

    /// <summary>Rows so far that lay outside what the model was trained on.</summary>
    public long Outside { get; set; }

    /// <summary>Finds the columns that a model wants; reports each that is missing or of the wrong kind or unit.</summary>
    public static Features Match(ModelFolder model, Schema rows, Faults faults)
    {
        var wanted = model.Contract.Columns;
        var features = new Feature[wanted.Count];
        for (var item = 0; item < wanted.Count; item++)
        {
            var column = rows.ColumnNumber(wanted[item].Column);
            var at = model.Bound.PositionOf(nameof(ModelContract.Columns), item: item);
            if (column < 0)
                faults.Add(at, $"the rows have no column {Visible.Quote(wanted[item].Column)}", Suggestion.Remedy(wanted[item].Column, rows.Columns.Select(c => c.Name), "their columns are"));
            else if (Match(wanted[item], rows, column, at, faults) is { } feature)
                features[item] = feature;
        }

        return new(features, (float)(model.Contract.Clip ?? double.PositiveInfinity));
    }

    static Feature? Match(ModelColumn wanted, Schema rows, int number, Position at, Faults faults)
    {
        var column = rows.Columns[number];
        var name = Visible.Quote(column.Name);
        if (wanted.Text is { } text)
        {
            if (column.Kind == Kind.Text) return new(number, Kind.Text, 1 / wanted.Std, -wanted.Mean / wanted.Std, null) { Code = rows.Codes.Code(text) };
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
                faults.Add(at, $"{name} has no unit here, but the model wants {unit}", "declare its unit under 'signals:'");
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
        var rows = batch.Count;
        if (_unusable.Length < rows) (_unusable, _outside) = (new bool[batch.Capacity], new bool[batch.Capacity]);
        var unusable = _unusable.AsSpan(0, rows);
        var outside = _outside.AsSpan(0, rows);
        var (anyUnusable, anyOutside) = (false, false);
        for (var number = 0; number < _features.Length; number++)
        {
            ref readonly var feature = ref _features[number];
            var values = batch.Column(feature.Column);
            var into = to[number..];
            var whole = feature.Kind == Kind.Number
                ? Scaled(values, feature.Scale, feature.Offset, into, _features.Length)
                : Scaled(batch.Bits(feature.Column), feature, into, _features.Length);
            if (!whole) Mark(into, _features.Length, unusable, ref anyUnusable);
            if (feature.Range is { } range) MarkOutside(batch, feature, range, outside, ref anyOutside);
        }

        if (float.IsFinite(_clip)) System.Numerics.Tensors.TensorPrimitives.Clamp(to[..(rows * _features.Length)], -_clip, _clip, to[..(rows * _features.Length)]);
        if (anyOutside) Outside += outside.Count(true);
        return anyUnusable ? unusable : [];
    }

    /// <summary>False where a value is missing.</summary>
    static bool Scaled(ReadOnlySpan<double> values, double scale, double offset, Span<float> to, int stride)
    {
        var whole = true;
        var at = 0;
        foreach (var value in values)
        {
            var scaled = (float)(value * scale + offset);
            whole &= !double.IsNaN(value);
            to[at] = scaled;
            at += stride;
        }

        return whole;
    }

    static bool Scaled(ReadOnlySpan<long> values, in Feature feature, Span<float> to, int stride)
    {
        var whole = true;
        for (var row = 0; row < values.Length; row++)
        {
            var missing = values[row] == Slot.Missing;
            double value = feature.Kind == Kind.Text ? values[row] == feature.Code ? 1 : 0 : values[row];
            to[row * stride] = missing ? float.NaN : (float)(value * feature.Scale + feature.Offset);
            whole &= !missing;
        }

        return whole;
    }

    static void Mark(ReadOnlySpan<float> inputs, int stride, Span<bool> unusable, ref bool any)
    {
        if (!any) unusable.Clear();
        any = true;
        for (var row = 0; row < unusable.Length; row++) unusable[row] |= float.IsNaN(inputs[row * stride]);
    }

    static void MarkOutside(Batch batch, in Feature feature, Bounds range, Span<bool> outside, ref bool any)
    {
        var values = batch.Column(feature.Column);
        if (feature.Kind == Kind.Number && System.Numerics.Tensors.TensorPrimitives.Min<double>(values) >= range.Min && System.Numerics.Tensors.TensorPrimitives.Max<double>(values) <= range.Max) return;
        if (!any) outside.Clear();
        any = true;
        for (var row = 0; row < values.Length; row++)
        {
            var value = Slot.Number(values[row], feature.Kind);
            outside[row] |= value < range.Min || value > range.Max;
        }
    }

    /// <summary>Where one input comes from, and how it is scaled.</summary>
    readonly record struct Feature(int Column, Kind Kind, double Scale, double Offset, Bounds? Range)
    {
        /// <summary>The text that stands for 1.</summary>
        public long Code { get; init; }
    }
}
