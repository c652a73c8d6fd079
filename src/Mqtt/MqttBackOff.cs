namespace StreamEdge;

/// <summary>How long to wait before the next attempt to connect: 1 s, 2 s, 4 s … 60 s, each up to a quarter shorter.</summary>
/// <param name="seed">What differs from client to client: those that lost one broker together shall not come back together.</param>
sealed class MqttBackOff(string seed)
{
    /// <summary>A connection that lasted less was no success.</summary>
    static readonly TimeSpan s_lasting = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_first = TimeSpan.FromSeconds(1), s_longest = TimeSpan.FromSeconds(60);

    /// <summary>So many connections, each broken off by the broker soon after it was made, say that another client takes them over.</summary>
    const int MostShort = 4;

    readonly Random _jitter = new(seed.Aggregate(17, static (hash, c) => unchecked(hash * 31 + c)));
    int _failed, _short;

    /// <summary>Whether it looks as if another client had the same id.</summary>
    public bool IsTakenOver => _short >= MostShort;

    /// <summary>How long to wait after an attempt that led to no connection.</summary>
    /// <param name="passes">Whether what was wrong may pass by itself.</param>
    public TimeSpan AfterFailure(bool passes) => Next(passes);

    /// <summary>How long to wait after a connection was lost.</summary>
    /// <param name="lasted">How long it held.</param>
    /// <param name="closed">Whether the broker closed it without a word, as it does to a client whose id another one uses.</param>
    /// <param name="taken">Whether the broker said that another client took it over.</param>
    public TimeSpan AfterLoss(TimeSpan lasted, bool closed, bool taken)
    {
        if (lasted >= s_lasting) (_failed, _short) = (0, 0);
        if (closed) _short++;
        if (taken) _short = MostShort;
        return Next(passes: !IsTakenOver);
    }

    TimeSpan Next(bool passes)
    {
        var full = !passes || _failed >= 6 ? s_longest : s_first * (1 << _failed);
        _failed++;
        return (full < s_longest ? full : s_longest) * (1 - _jitter.NextDouble() / 4);
    }
}
