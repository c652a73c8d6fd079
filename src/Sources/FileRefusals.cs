using System.Text;

namespace StreamEdge;

/// <summary>A record or a value that could not be used.</summary>
/// <param name="Reason">The reason as the ledger counts it.</param>
/// <param name="Line">Its line in the file.</param>
/// <param name="Why">What is wrong with it, as a clause.</param>
/// <param name="Text">The text of the value, or of the record's time; null where another part of a record is wrong.</param>
sealed record Refused(string Reason, long Line, string Why, string? Text);

/// <summary>
/// Has the first records and values that cannot be used said in the log, with file and line: of each file three records
/// for a reason, of each signal one value for a reason. All of them are counted elsewhere.
/// </summary>
sealed class FileRefusals(Books books)
{
    const int MostRecords = 3;
    const int LongestText = 60; // bytes of a record or value that are shown

    readonly Dictionary<string, int> _records = new(StringComparer.Ordinal);
    readonly Dictionary<(string Reason, int Signal), Refused> _values = [];
    OpenFile? _file;

    /// <summary>The first records of the open file that were refused, in its order.</summary>
    public List<Refused> Records { get; } = [];

    /// <summary>Goes on to another file.</summary>
    public void Begin(OpenFile file)
    {
        _file = file;
        _records.Clear();
        Records.Clear();
    }

    /// <summary>Whether another record is to be told; if not, nobody need find out why it was refused.</summary>
    public bool WantsRecord(string reason) => _file is not null && _records.GetValueOrDefault(reason) < MostRecords;

    /// <summary>Tells the record at hand.</summary>
    /// <param name="reason">The reason as it is counted.</param>
    /// <param name="why">A clause: <c>it has 2 fields, not 3</c>.</param>
    /// <param name="record">The record.</param>
    /// <param name="text">The part of it that is wrong, where it is one.</param>
    public void Record(string reason, string why, ReadOnlySpan<byte> record, string? text = null)
    {
        var refused = new Refused(reason, _file!.Records.Line, why, text);
        Records.Add(refused);
        var last = (_records[reason] = _records.GetValueOrDefault(reason) + 1) == MostRecords;
        books.Notice($"drops {_file.Path}:{refused.Line} as {reason}, {why}: {Shown(record)}{(last ? "; more of this file are only counted" : "")}");
    }

    /// <summary>The first value of a signal that was refused for a reason; null where there is none.</summary>
    public Refused? Value(string reason, int signal) => _values.GetValueOrDefault((reason, signal));

    /// <summary>Tells the value at hand, if it is the signal's first for this reason.</summary>
    /// <param name="reason">The reason as it is counted.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="column">Its column in the file.</param>
    /// <param name="text">The value.</param>
    public void Value(string reason, int signal, string column, ReadOnlySpan<byte> text)
    {
        if (_file is null || _values.ContainsKey((reason, signal))) return;
        var refused = new Refused(reason, _file.Records.Line, $"{Shown(text)} in column {Visible.Quote(column)}", Encoding.UTF8.GetString(text[..Math.Min(text.Length, LongestText)]));
        _values[(reason, signal)] = refused;
        books.Notice($"drops a value of {_file.Path}:{refused.Line} as {reason}, {refused.Why}; more of this signal are only counted");
    }

    /// <summary>Tells the name of a signal that the pipeline does not declare.</summary>
    public void Undeclared(ReadOnlySpan<byte> name) => books.Notice($"drops the undeclared signal {Shown(name)}, first in {_file?.Path}:{_file?.Records.Line}");

    /// <summary>The beginning of a text in quotes.</summary>
    public static string Shown(ReadOnlySpan<byte> text) => text.Length <= LongestText
        ? $"'{Visible.Text(Encoding.UTF8.GetString(text))}'"
        : $"'{Visible.Text(Encoding.UTF8.GetString(text[..LongestText]))}...'";
}
