using System.Buffers.Text;

namespace StreamEdge;

/// <summary>
/// The yardstick of W4: one hand-written loop from the bytes of a JSON-lines file to the bytes of a line-protocol file.
/// It knows the four keys and their order, interns devices by their bytes, parses numbers to doubles and whole
/// milliseconds, and formats them back; it does nothing that such a program would not have to do.
/// </summary>
static class FormatLoop
{
    static readonly double[] s_powers = [.. Enumerable.Range(0, 16).Select(n => Math.Pow(10, n))];

    public static long Run(string input, string output)
    {
        var buffer = new byte[1 << 18];
        var written = new byte[1 << 18];
        var devices = new Dictionary<ulong, byte[]>();
        using var from = new FileStream(input, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        using var to = new FileStream(output, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        var (held, messages, at) = (0, 0L, 0);
        while (true)
        {
            var read = from.Read(buffer, held, buffer.Length - held);
            var data = buffer.AsSpan(0, held + read);
            while (data.IndexOf((byte)'\n') is >= 0 and var end)
            {
                if (written.Length - at < 512)
                {
                    to.Write(written, 0, at);
                    at = 0;
                }

                at += Message(data[..end], written.AsSpan(at), devices);
                messages++;
                data = data[(end + 1)..];
            }

            if (read == 0) break;
            held = data.Length;
            data.CopyTo(buffer);
        }

        to.Write(written, 0, at);
        return messages;
    }

    // {"ts":1767225600123,"device":"pump-017","temperature":71.3,"vibration":2.41}
    static int Message(ReadOnlySpan<byte> json, Span<byte> line, Dictionary<ulong, byte[]> devices)
    {
        var at = Skip(json, 0, "{\"ts\":"u8);
        long milliseconds = 0;
        for (; json[at] != ','; at++) milliseconds = milliseconds * 10 + (json[at] - '0');
        at = Skip(json, at, ",\"device\":\""u8);
        var length = json[at..].IndexOf((byte)'"');
        var series = Series(json.Slice(at, length), devices);
        at = Skip(json, at + length, "\",\"temperature\":"u8);
        var temperature = Number(json, ref at);
        at = Skip(json, at, ",\"vibration\":"u8);
        var vibration = Number(json, ref at);

        series.CopyTo(line);
        var to = series.Length;
        to += Copy(" temperature="u8, line[to..]);
        to += Format(temperature, line[to..]);
        to += Copy(",vibration="u8, line[to..]);
        to += Format(vibration, line[to..]);
        line[to++] = (byte)' ';
        Utf8Formatter.TryFormat(milliseconds * 1_000_000, line[to..], out var digits);
        to += digits;
        line[to++] = (byte)'\n';
        return to;
    }

    static byte[] Series(ReadOnlySpan<byte> device, Dictionary<ulong, byte[]> devices)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in device) hash = (hash ^ b) * 1099511628211;
        if (devices.TryGetValue(hash, out var series)) return series;
        return devices[hash] = [.. "w4,device="u8, .. device];
    }

    static double Number(ReadOnlySpan<byte> json, ref int at)
    {
        long digits = 0;
        var (decimals, point, negative) = (0, false, json[at] == '-');
        if (negative) at++;
        for (; ; at++)
        {
            var c = json[at];
            if (c is >= (byte)'0' and <= (byte)'9')
            {
                digits = digits * 10 + (c - '0');
                if (point) decimals++;
            }
            else if (c == '.') point = true;
            else break;
        }

        var value = digits / s_powers[decimals];
        return negative ? -value : value;
    }

    static int Format(double value, Span<byte> line)
    {
        for (var decimals = 0; decimals <= 4; decimals++)
        {
            var scaled = value * s_powers[decimals];
            var digits = (long)Math.Round(scaled);
            if (digits / s_powers[decimals] != value) continue;
            var (whole, part) = Math.DivRem(digits, (long)s_powers[decimals]);
            Utf8Formatter.TryFormat(whole, line, out var length);
            if (decimals == 0) return length;
            line[length++] = (byte)'.';
            for (var d = decimals - 1; d >= 0; d--)
            {
                line[length + d] = (byte)('0' + part % 10);
                part /= 10;
            }

            return length + decimals;
        }

        Utf8Formatter.TryFormat(value, line, out var all);
        return all;
    }

    static int Skip(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> text) =>
        json[at..].StartsWith(text) ? at + text.Length : throw new FormatException($"expected {System.Text.Encoding.UTF8.GetString(text)}");

    static int Copy(ReadOnlySpan<byte> text, Span<byte> line)
    {
        text.CopyTo(line);
        return text.Length;
    }
}
