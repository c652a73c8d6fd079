using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>A band of frequencies, written 10..1000 Hz, 2..5 kHz or 1400..1600 rpm: from the first to below the second.</summary>
/// <param name="Low">Where it begins, in Hz.</param>
/// <param name="High">Where it ends, in Hz.</param>
/// <param name="Text">How it was written.</param>
public sealed record Band(double Low, double High, string Text) : IOptionValue<Band>
{
    static readonly Unit s_hertz = Unit.TryParse("Hz", out var hertz) ? hertz : throw new InvalidOperationException("the table has no unit Hz");

    /// <inheritdoc/>
    public static string Noun => "a band of frequencies";

    /// <inheritdoc/>
    public static string Example => "10..1000 Hz";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Band value, out Wrong wrong)
    {
        (value, wrong) = (null, default);
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
        {
            wrong = new($"{Visible.Quote(text)} is no band", $"write it like {Example}");
            return false;
        }

        if (!Quantity.TryParse(text[..dots], out var low, out wrong) || !Quantity.TryParse(text[(dots + 2)..], out var high, out wrong)) return false;
        if (high.Unit is not { } unit) wrong = new($"{Visible.Quote(text)} does not say in what unit", $"write {text.Trim()} Hz");
        else if ((low.Unit ?? unit).Dimension != s_hertz.Dimension || unit.Dimension != s_hertz.Dimension) wrong = new($"{Visible.Quote(text)} is no band of frequencies", "write it in Hz, kHz or rpm");
        else
        {
            (low with { Unit = low.Unit ?? unit }).TryIn(s_hertz, out var from);
            high.TryIn(s_hertz, out var until);
            if (from < 0) wrong = new($"the band {text.Trim()} begins below 0 Hz", "begin it at 0 Hz");
            else if (from > until) wrong = new($"the band {text.Trim()} begins above its end", "swap the two");
            else if (from == until) wrong = new($"the band {text.Trim()} has no width", "write two different frequencies");
            else value = new(from, until, text.Trim());
        }

        return value is not null;
    }

    /// <summary>Whether a frequency is in both.</summary>
    public bool Overlaps(Band other) => Low < other.High && other.Low < High;

    /// <summary>Writes "10..1000 Hz".</summary>
    public override string ToString() => Text;
}
