using System.Text;

namespace StreamEdge;

/// <summary>Converts values whose message says their unit to the unit that their signal comes in.</summary>
sealed class MqttUnits(Schema schema)
{
    const int MostUnits = 1000;

    readonly Interner _texts = new(MostUnits);
    readonly List<(double Scale, double Offset)?[]> _conversions = []; // by text and signal; null where there is none

    /// <summary>Converts a value; false where its unit is none, or of another family. A signal without a unit takes any.</summary>
    public bool Convert(ReadOnlySpan<byte> text, int signal, ref double slot)
    {
        var (kind, declared) = (schema.Signals[signal].Kind, schema.Signals[signal].Unit);
        if (declared is null || kind is not (Kind.Number or Kind.Integer)) return true;
        var number = _texts.Add(text);
        var conversions = number < 0 ? Of(text) : number < _conversions.Count ? _conversions[number] : New(text);
        if (conversions[signal] is not { } conversion) return false;
        if (conversion == (1, 0)) return true;
        if (kind == Kind.Integer) return false; // it would be whole no more
        slot = slot * conversion.Scale + conversion.Offset;
        return true;
    }

    (double Scale, double Offset)?[] New(ReadOnlySpan<byte> text)
    {
        _conversions.Add(Of(text));
        return _conversions[^1];
    }

    (double Scale, double Offset)?[] Of(ReadOnlySpan<byte> text)
    {
        var known = Units.TryParse(Encoding.UTF8.GetString(text), out var unit);
        return [.. schema.Signals.Select(s => known && s.Unit is { } declared && Unit.CanConvert(unit!, declared) ? Unit.Conversion(unit!, declared) : ((double, double)?)null)];
    }
}
