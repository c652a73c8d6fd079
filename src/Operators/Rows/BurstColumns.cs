using System.Numerics;

namespace StreamEdge;

/// <summary>The columns of a burst's row: features of its values, and the power in bands of its spectrum.</summary>
sealed class BurstColumns
{
    readonly IReadOnlyList<BurstFeature> _features;
    readonly List<(int From, int Until)> _bands = []; // lines of the spectrum
    readonly BurstSpectrum? _spectrum; // null where there are no bands

    BurstColumns(FeaturesOptions options, Signal signal, IEnumerable<(int From, int Until)> bands)
    {
        _features = options.Compute;
        _bands.AddRange(bands);
        _spectrum = _bands.Count > 0 ? new(options.Burst) : null;
        Made =
        [
            .. _features.Select(f => new Column($"{signal.Name}_{OptionsShape.Snake(f.ToString())}", Kind.Number, UnitOf(f, signal.Unit))),
            .. options.Bands.Keys.Select(name => new Column($"{signal.Name}_band_{name}", Kind.Number)),
        ];
    }

    public IReadOnlyList<Column> Made { get; }

    /// <summary>Reads the options against a signal with a rate; null after a fault.</summary>
    public static BurstColumns? Read(FeaturesOptions options, Signal signal, double perSecond, BuildContext context)
    {
        var sound = true;
        for (var item = 0; item < options.Compute.Count; item++)
            if (options.Compute.Take(item).Contains(options.Compute[item])) Fault(nameof(options.Compute), $"'{OptionsShape.Snake(options.Compute[item].ToString())}' is computed twice", "leave one out", item: item);
        if (options.Compute.Count + options.Bands.Count == 0) Fault(nameof(options.Compute), "nothing is computed of the bursts", "write 'compute: [rms, kurtosis]' or 'bands: { low: 10..1000 Hz }'");
        if (options.Bands.Count > 0 && !BitOperations.IsPow2(options.Burst))
            Fault(nameof(options.Burst), $"a spectrum of {options.Burst:N0} readings is not offered, only of a power of two", $"write {BitOperations.RoundUpToPowerOf2((uint)options.Burst) / 2} or {BitOperations.RoundUpToPowerOf2((uint)options.Burst)}");

        var (apart, bands) = (perSecond / options.Burst, new List<(int From, int Until)>());
        foreach (var (place, (name, band)) in options.Bands.Index())
        {
            // The last line, half the rate, belongs to the band that ends there.
            var (from, until) = (LineFrom(band.Low), band.High < perSecond / 2 * (1 - 1e-9) ? LineFrom(band.High) : (options.Burst / 2) + 1);
            if (band.High > perSecond / 2 * (1 + 1e-9))
                Fault(nameof(options.Bands), $"the band '{name}' ends above {Number.Text(perSecond / 2)} Hz, half the rate of '{signal.Name}', and nothing is seen there", $"end it at {Number.Text(perSecond / 2)} Hz, or declare the rate that the signal has", name);
            else if (from >= until)
                Fault(nameof(options.Bands), $"the band '{name}' lies between two lines of the spectrum, which are {Number.Text(apart)} Hz apart", "make it wider, or burst longer", name);
            foreach (var (other, before) in options.Bands.Take(place))
                if (band.Overlaps(before)) Fault(nameof(options.Bands), $"the bands '{other}' ({before}) and '{name}' ({band}) overlap", "let one end where the other begins, or give one a features step of its own", name);
            bands.Add((from, until));
        }

        return sound ? new BurstColumns(options, signal, bands) : null;

        // A frequency that nearly hits a line means it: 100 Hz of lines 0.1 Hz apart.
        int LineFrom(double frequency) => (int)Math.Min(Math.Ceiling((frequency / apart) - 1e-9), options.Burst);

        void Fault(string option, string what, string remedy, string? entry = null, int? item = null)
        {
            context.Fault(option, what, remedy, entry, item);
            sound = false;
        }
    }

    /// <summary>Fills the columns of a batch's row. What is too large for a number is missing, and counted.</summary>
    public void Fill(Batch batch, int row, ReadOnlySpan<double> burst, Books books)
    {
        var moments = new BurstMoments(burst);
        for (var column = 0; column < _features.Count; column++) Put(column, moments[_features[column]]);
        if (_spectrum is null) return;
        var power = _spectrum.Of(burst);
        for (var band = 0; band < _bands.Count; band++)
        {
            var sum = 0.0;
            foreach (var line in power[_bands[band].From.._bands[band].Until]) sum += line;
            Put(_features.Count + band, sum);
        }

        void Put(int column, double value)
        {
            if (!double.IsFinite(value) && moments.Vary) books.LeaveOut("not_finite", Made[column].Name);
            batch.Column(column)[row] = double.IsFinite(value) ? value : double.NaN;
        }
    }

    static Unit? UnitOf(BurstFeature feature, Unit? unit) => feature switch
    {
        BurstFeature.Mean or BurstFeature.Rms or BurstFeature.Peak => unit,
        BurstFeature.Std or BurstFeature.PeakToPeak => unit?.Difference,
        _ => null,
    };
}
