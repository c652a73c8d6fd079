namespace StreamEdge;

/// <summary>How instants are written.</summary>
public enum TimeForm
{
    /// <summary>ISO 8601 in UTC, as <c>2026-01-01T00:00:00.250Z</c>, with as many thirds of a second's digits as it needs.</summary>
    Iso,

    /// <summary>Unix nanoseconds.</summary>
    Ns,

    /// <summary>Unix milliseconds; finer parts are cut off.</summary>
    Ms,
}

/// <summary>Instants as text.</summary>
public static class TimeText
{
    /// <summary>Writes an instant.</summary>
    /// <param name="to">Where it is written.</param>
    /// <param name="time">Unix nanoseconds.</param>
    /// <param name="form">How it is written.</param>
    public static void WriteTime(this ByteBuffer to, long time, TimeForm form)
    {
        if (form == TimeForm.Iso) to.Advance(WriteIso(time, to.Room(32)));
        else to.Write(form == TimeForm.Ns ? time : Nanoseconds.FloorDiv(time, 1_000_000));
    }

    /// <summary>An instant in ISO 8601.</summary>
    public static string Iso(long time)
    {
        Span<byte> text = stackalloc byte[32];
        return System.Text.Encoding.ASCII.GetString(text[..WriteIso(time, text)]);
    }

    static int WriteIso(long time, Span<byte> to)
    {
        var instant = Nanoseconds.ToInstant(time);
        var fraction = (int)(time - Nanoseconds.FloorDiv(time, Nanoseconds.Second) * Nanoseconds.Second);
        Digits(to, 0, instant.Year, 4);
        to[4] = (byte)'-';
        Digits(to, 5, instant.Month, 2);
        to[7] = (byte)'-';
        Digits(to, 8, instant.Day, 2);
        to[10] = (byte)'T';
        Digits(to, 11, instant.Hour, 2);
        to[13] = (byte)':';
        Digits(to, 14, instant.Minute, 2);
        to[16] = (byte)':';
        Digits(to, 17, instant.Second, 2);
        var at = 19;
        if (fraction != 0)
        {
            var (value, digits) = fraction % 1_000_000 == 0 ? (fraction / 1_000_000, 3) : fraction % 1_000 == 0 ? (fraction / 1_000, 6) : (fraction, 9);
            to[at] = (byte)'.';
            Digits(to, at + 1, value, digits);
            at += 1 + digits;
        }

        to[at] = (byte)'Z';
        return at + 1;
    }

    static void Digits(Span<byte> to, int at, int value, int digits)
    {
        for (var digit = at + digits - 1; digit >= at; digit--)
        {
            to[digit] = (byte)('0' + value % 10);
            value /= 10;
        }
    }
}
