using System.Text;
using System.Text.Unicode;

namespace StreamEdge;

/// <summary>Finds the device of a row by the texts of its tag columns: hashed as bytes, made strings once per new device.</summary>
sealed class FileDevices(FileLayout layout, KeyTable keys)
{
    /// <summary>Longest text of a tag, in bytes.</summary>
    const int LongestTag = 1024;
    const int MostDevices = 1_000_000;
    const byte Between = 0xFF; // never part of UTF-8, so no two lists of tags look the same

    readonly Interner _known = new(MostDevices);
    readonly string[] _fixed = [.. keys.TagNames.Select(_ => "")];
    readonly (int Place, int Wanted, PathPart Part)[] _columns = [.. layout.Tags.Where(t => t.Part == PathPart.None)];
    int[] _devices = new int[16];
    byte[] _bytes = new byte[256];
    int _only = -1;

    /// <summary>Takes the tags that a file's path gives. Texts met in another file belong to other devices then.</summary>
    public void Begin(string path)
    {
        _only = -1;
        if (layout.Tags.Length == _columns.Length && _known.Count > 0) return;
        foreach (var (place, _, part) in layout.Tags)
        {
            if (part == PathPart.File) _fixed[place] = Path.GetFileNameWithoutExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path);
            else if (part == PathPart.Folder) _fixed[place] = Path.GetFileName(Path.GetDirectoryName(path)) ?? "";
        }

        _known.Clear();
    }

    /// <summary>The row's device; -1 when the table of keys is full, -2 where a tag is no text.</summary>
    public int Of(Row row, ReadOnlySpan<byte> record)
    {
        if (_columns.Length == 0)
        {
            if (_only < 0) _only = keys.Device(_fixed);
            return _only;
        }

        if (_columns.Length == 1)
        {
            if (row.Read(record, _columns[0].Wanted, out var text) == Cell.Unusable || text.Length > LongestTag) return -2;
            var number = _known.Find(text);
            return number >= 0 ? _devices[number] : Add(row, record, text);
        }

        var used = 0;
        foreach (var (_, wanted, _) in _columns)
        {
            if (row.Read(record, wanted, out var text) == Cell.Unusable || text.Length > LongestTag) return -2;
            if (used + text.Length >= _bytes.Length) Array.Resize(ref _bytes, 2 * (used + text.Length));
            text.CopyTo(_bytes.AsSpan(used));
            used += text.Length;
            _bytes[used++] = Between;
        }

        var all = _bytes.AsSpan(0, used);
        var known = _known.Find(all);
        return known >= 0 ? _devices[known] : Add(row, record, all);
    }

    int Add(Row row, ReadOnlySpan<byte> record, ReadOnlySpan<byte> key)
    {
        var tags = _fixed.ToArray();
        foreach (var (place, wanted, _) in _columns)
        {
            row.Read(record, wanted, out var text);
            if (!Utf8.IsValid(text)) return -2;
            tags[place] = Encoding.UTF8.GetString(text);
        }

        var device = keys.Device(tags);
        if (device < 0) return -1;
        var number = _known.Add(key);
        if (number < 0) return device; // not remembered, only slower
        if (number >= _devices.Length) Array.Resize(ref _devices, 2 * number);
        _devices[number] = device;
        return device;
    }
}
