using System.Text;
using System.Text.Json;

namespace StreamEdge;

/// <summary>Writes down which faults a simulation has really made, a line of JSON each.</summary>
sealed class FaultLabels(string path) : IDisposable
{
    FileStream? _file;
    long _length = -1; // of a file that is gone on with; -1 for a new one

    /// <summary>Opens the file: a new one, or the restored one cut to what stood in it then.</summary>
    public void Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, _length < 0 ? FileMode.Create : FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        if (_length < 0) return;
        if (_file.Length < _length) throw new IOException($"{path} is shorter than when the simulation was saved");
        _file.SetLength(_length);
        _file.Position = _length;
    }

    public void Write(string tag, string machine, string signal, FaultKind kind, long from, long until)
    {
        var line = $$"""{{{Json(tag)}}:{{Json(machine)}},"signal":{{Json(signal)}},"fault":"{{OptionsShape.Snake($"{kind}")}}","start":"{{new Instant(from)}}","end":"{{new Instant(until)}}"}""";
        _file!.Write(Encoding.UTF8.GetBytes(line + "\n"));
    }

    public void Save(StateWriter state)
    {
        _file?.Flush();
        state.Write(_file?.Position ?? _length);
    }

    public void Restore(StateReader state) => _length = state.Long();

    public void Dispose() => _file?.Dispose();

    static string Json(string text) => JsonSerializer.Serialize(text);
}
