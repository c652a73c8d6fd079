using System.Buffers.Binary;

namespace StreamEdge;

/// <summary>
/// A column of instants in few bytes: the first as it is, then for each a number of 7 bits to the byte: 0, the same
/// instant again; 1, as far on as the last time it moved; else that step's change, zigzag, + 2. A regular series takes a
/// byte a row, whether its rows come one by one or several to an instant.
/// </summary>
public static class TimeColumn
{
    const int Longest = 10;

    /// <summary>Writes the instants and returns the bytes; -1 where that would be no shorter than 8 each.</summary>
    /// <param name="times">One or more instants.</param>
    /// <param name="to">Room for 8 bytes each and 16 more.</param>
    public static int Write(ReadOnlySpan<long> times, Span<byte> to)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, times[0]);
        var (at, most, previous, stride) = (8, 8 * times.Length, times[0], 0L);
        foreach (var time in times[1..])
        {
            var delta = time - previous;
            previous = time;
            if (delta == stride && delta != 0) to[at++] = 1;
            else if (delta == 0) to[at++] = 0;
            else
            {
                var change = delta - stride;
                stride = delta;
                var token = (ulong)((change << 1) ^ (change >> 63));
                if (token > ulong.MaxValue - 2) return -1;
                for (token += 2; token >= 0x80; token >>= 7) to[at++] = (byte)(token | 0x80);
                to[at++] = (byte)token;
            }

            if (at > most) return -1;
        }

        return at < most ? at : -1;
    }

    /// <summary>Reads the instants and returns how many bytes they took.</summary>
    public static int Read(ReadOnlySpan<byte> from, Span<long> times)
    {
        var (at, time, stride) = (8, BinaryPrimitives.ReadInt64LittleEndian(from), 0L);
        times[0] = time;
        for (var row = 1; row < times.Length; row++)
        {
            ulong token = from[at++];
            if (token > 1)
            {
                if (token >= 0x80)
                {
                    token &= 0x7F;
                    for (var shift = 7; shift < 7 * Longest; shift += 7)
                    {
                        var part = from[at++];
                        token |= (ulong)(part & 0x7F) << shift;
                        if (part < 0x80) break;
                    }
                }

                token -= 2;
                stride += (long)(token >> 1) ^ -(long)(token & 1);
                time += stride;
            }
            else if (token == 1) time += stride;

            times[row] = time;
        }

        return at;
    }
}
