using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace StreamEdge;

/// <summary>
/// Learns a linear reconstruction of rows, in closed form. The columns are standardized (mean 0, population standard
/// deviation 1) and turned onto their principal components; the first few, which explain most of the variance, are how
/// the columns move together, the rest is noise around that.
/// </summary>
/// <remarks>
/// The reconstruction is <c>z' = z · P · diag(d) · Pᵀ</c>. A component that is not kept has d = 0: what a row has of it
/// stays in the residual z − z' whole. Of a kept one the share 1 − d = σ / √λ stays, where λ is its variance and σ²
/// the mean variance of those not kept. So the squared residual is σ² times the squared Mahalanobis distance under
/// probabilistic PCA (Tipping and Bishop, 1999), and every direction adds to it as much as the row is unusual in it.
/// That is how one whole-row error catches a spike in a single signal: the columns being standardized, the spike is
/// many units high, it breaks the correlation to the other columns, and this break lies in the components not kept.
/// With plain PCA (d = 1) a signal that moves alone would be a component of its own, and a step of it invisible.
/// </remarks>
public sealed class PcaTrainer
{
    // A residual of less than a hundredth of a column's spread is rounding, not noise.
    const double LeastNoise = 1e-4;

    PcaTrainer(double[] mean, double[] std, double[,] weights, int components, double explained) =>
        (Mean, Std, Weights, Components, Explained) = (mean, std, weights, components, explained);

    /// <summary>The mean of each column.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>The population standard deviation of each column.</summary>
    public IReadOnlyList<double> Std { get; }

    /// <summary>The matrix that turns a standardized row into its reconstruction.</summary>
    public double[,] Weights { get; }

    /// <summary>How many components were kept.</summary>
    public int Components { get; }

    /// <summary>Share of the variance that they explain, 0 to 1.</summary>
    public double Explained { get; }

    /// <summary>Learns from rows.</summary>
    /// <param name="rows">The values, one row behind the other; finite.</param>
    /// <param name="columns">How many columns a row has; at least 2, each with more than one value.</param>
    /// <param name="explained">Share of the variance to explain, 0 to 1: components are kept until they do; at least one, and not all.</param>
    public static PcaTrainer Fit(ReadOnlySpan<double> rows, int columns, double explained = 0.9)
    {
        var count = rows.Length / columns;
        var (mean, std) = Moments(rows, columns);
        var correlation = new double[columns, columns];
        var z = new double[columns];
        for (var row = 0; row < count; row++)
        {
            for (var i = 0; i < columns; i++) z[i] = (rows[(row * columns) + i] - mean[i]) / std[i];
            for (var i = 0; i < columns; i++)
                for (var j = 0; j <= i; j++) correlation[i, j] += z[i] * z[j];
        }

        for (var i = 0; i < columns; i++)
            for (var j = 0; j <= i; j++) correlation[j, i] = correlation[i, j] /= count;

        var (weights, kept, share) = Reconstruction(Matrix<double>.Build.DenseOfArray(correlation).Evd(Symmetricity.Symmetric), columns, explained);
        return new(mean, std, weights, kept, share);
    }

    /// <summary>The error of a row: the mean of the squared residual over its columns, as standardized.</summary>
    public double Error(ReadOnlySpan<double> row)
    {
        var columns = Mean.Count;
        var error = 0.0;
        for (var i = 0; i < columns; i++)
        {
            var residual = (row[i] - Mean[i]) / Std[i];
            for (var j = 0; j < columns; j++) residual -= (row[j] - Mean[j]) / Std[j] * Weights[j, i];
            error += residual * residual;
        }

        return error / columns;
    }

    /// <summary>Mean and population standard deviation of each column, in two passes.</summary>
    internal static (double[] Mean, double[] Std) Moments(ReadOnlySpan<double> rows, int columns)
    {
        var (mean, std) = (new double[columns], new double[columns]);
        var count = rows.Length / columns;
        for (var at = 0; at < rows.Length; at++) mean[at % columns] += rows[at];
        for (var i = 0; i < columns; i++) mean[i] /= count;
        for (var at = 0; at < rows.Length; at++) std[at % columns] += (rows[at] - mean[at % columns]) * (rows[at] - mean[at % columns]);
        for (var i = 0; i < columns; i++) std[i] = Math.Sqrt(std[i] / count);
        return (mean, std);
    }

    static (double[,] Weights, int Kept, double Explained) Reconstruction(Evd<double> components, int columns, double explained)
    {
        // MathNet gives the smallest variance first; rounding may leave one a hair below 0.
        var variance = new double[columns];
        for (var i = 0; i < columns; i++) variance[i] = Math.Max(0, components.EigenValues[columns - 1 - i].Real);
        var total = variance.Sum();
        var (kept, share) = (1, variance[0] / total);
        for (; kept < columns - 1 && share < explained; kept++) share += variance[kept] / total;

        var noise = Math.Max(LeastNoise, variance[kept..].Average());
        var weights = new double[columns, columns];
        for (var component = 0; component < kept; component++)
        {
            var d = Math.Max(0, 1 - Math.Sqrt(noise / variance[component]));
            var direction = components.EigenVectors.Column(columns - 1 - component);
            for (var i = 0; i < columns; i++)
                for (var j = 0; j < columns; j++) weights[i, j] += d * direction[i] * direction[j];
        }

        return (weights, kept, share);
    }
}
