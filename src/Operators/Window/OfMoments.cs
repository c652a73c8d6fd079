namespace StreamEdge;

/// <summary>What is computed of the sums of many windows.</summary>
/// <param name="sums">Their sums; those of a window are so many behind those of the window before it.</param>
/// <param name="stride">How many.</param>
/// <param name="ofNone">What stands where there was no reading.</param>
/// <param name="values">Where it goes, a value a window.</param>
delegate void OfSums(ReadOnlySpan<Moments> sums, int stride, double ofNone, Span<double> values);

/// <summary>An aggregate of sums alone, of at least one reading; as a type, so that the loop over windows is compiled for it.</summary>
interface IOfMoments
{
    static abstract double Of(in Moments of);
}

static class OfMoments
{
    public static void Fill<T>(ReadOnlySpan<Moments> sums, int stride, double ofNone, Span<double> values) where T : struct, IOfMoments
    {
        for (var row = 0; row < values.Length; row++)
        {
            ref readonly var of = ref sums[row * stride];
            values[row] = of.Count > 0 ? T.Of(of) : ofNone;
        }
    }
}

readonly struct CountOf : IOfMoments
{
    public static double Of(in Moments of) => Slot.Of(of.Count);
}

readonly struct SumOf : IOfMoments
{
    public static double Of(in Moments of) => of.Total;
}

readonly struct MeanOf : IOfMoments
{
    public static double Of(in Moments of) => of.Mean;
}

readonly struct MinOf : IOfMoments
{
    public static double Of(in Moments of) => of.Min;
}

readonly struct MaxOf : IOfMoments
{
    public static double Of(in Moments of) => of.Max;
}

readonly struct DeviationOf : IOfMoments
{
    public static double Of(in Moments of) => Math.Sqrt(of.Variance);
}

readonly struct RmsOf : IOfMoments
{
    public static double Of(in Moments of) => of.Rms;
}

readonly struct CrestFactorOf : IOfMoments
{
    public static double Of(in Moments of) => of.Rms is > 0 and var rms ? Math.Max(Math.Abs(of.Min), Math.Abs(of.Max)) / rms : double.NaN;
}
