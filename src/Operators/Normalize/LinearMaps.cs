using System.Numerics;

namespace StreamEdge;

/// <summary>Multiplies each value by its signal's scale and adds an offset, as other units and other scales ask for.</summary>
sealed class LinearMaps : Operator
{
    readonly double[] _scale, _offset; // by signal; an offset of -0.0 leaves every number, -0.0 too, as it is
    readonly bool[] _converts, _fromWhole;
    readonly bool _allNumbers, _any;

    public LinearMaps(Schema input, Schema output, IReadOnlyList<(double Scale, double Offset)> factors) : base(output)
    {
        _converts = [.. factors.Select(f => f != (1, 0))];
        _scale = [.. factors.Select(f => f.Scale)];
        _offset = [.. factors.Select(f => f.Offset == 0 ? -0.0 : f.Offset)];
        _fromWhole = [.. input.Signals.Select(s => s.Kind == Kind.Integer)];
        _allNumbers = input.AllNumbers;
        _any = _converts.Contains(true);
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (batch.Schema != Output) batch = batch.Writable().As(Output);
        if (_any)
        {
            if (!_allNumbers) ConvertMixed(batch);
            else if (_scale.Length == 1) ConvertAlike(batch.Value);
            else ConvertNumbers(batch);
        }

        output.Emit(batch);
    }

    /// <summary>One signal: whole vectors. Multiplied, then added, each rounded: the same on every machine.</summary>
    void ConvertAlike(Span<double> value)
    {
        var (scale, offset) = (_scale[0], _offset[0]);
        var (scales, offsets) = (new Vector<double>(scale), new Vector<double>(offset));
        var row = 0;
        for (; row <= value.Length - Vector<double>.Count; row += Vector<double>.Count)
        {
            var block = value[row..];
            (new Vector<double>(block) * scales + offsets).CopyTo(block);
        }

        for (; row < value.Length; row++) value[row] = value[row] * scale + offset;
    }

    void ConvertNumbers(Batch batch)
    {
        var (scale, offset) = (_scale, _offset);
        var value = batch.Value;
        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        for (var row = 0; row < value.Length; row++)
        {
            var signal = signalOf[key[row]];
            value[row] = value[row] * scale[signal] + offset[signal];
        }
    }

    void ConvertMixed(Batch batch)
    {
        var value = batch.Value;
        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        for (var row = 0; row < value.Length; row++)
        {
            var signal = signalOf[key[row]];
            if (!_converts[signal]) continue;
            var number = _fromWhole[signal] ? Slot.Number(value[row], Kind.Integer) : value[row];
            value[row] = number * _scale[signal] + _offset[signal];
        }
    }
}
