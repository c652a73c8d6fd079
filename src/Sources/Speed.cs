using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>How fast recorded or simulated time passes: <c>max</c> for as fast as the pipeline can, or a multiple of real time, <c>60x</c>.</summary>
/// <param name="Factor">Seconds of event time per second; infinite for max.</param>
public readonly record struct Speed(double Factor) : IOptionValue<Speed>
{
    /// <inheritdoc/>
    public static string Noun => "a speed";

    /// <inheritdoc/>
    public static string Example => "60x";

    /// <summary>As fast as the pipeline can.</summary>
    public static Speed Max => new(double.PositiveInfinity);

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Speed value, out Wrong wrong)
    {
        (value, wrong) = (Max, default);
        if (text == "max") return true;
        if (!text.EndsWith('x') || !Number.TryParse(text[..^1], out double factor, out _))
        {
            wrong = Number.TryParse(text, out factor, out _)
                ? new($"{Visible.Quote(text)} has no x behind it", $"write {text}x")
                : new($"{Visible.Quote(text)} is no speed", "write max, 1x or 60x");
            return false;
        }

        if (factor is < 0.001 or > 1e6)
        {
            wrong = new($"{Visible.Quote(text)} is out of reach", "write 0.001x to 1000000x, or max");
            return false;
        }

        value = new(factor);
        return true;
    }

    /// <summary>Writes <c>max</c> or the factor with its x.</summary>
    public override string ToString() => double.IsInfinity(Factor) ? "max" : $"{Number.Text(Factor)}x";
}
