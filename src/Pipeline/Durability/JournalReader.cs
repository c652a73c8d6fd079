using System.Buffers.Binary;

namespace StreamEdge;

/// <summary>What an entry of a journal is.</summary>
public enum EntryKind : byte
{
    /// <summary>A batch of readings.</summary>
    Batch = 2,

    /// <summary>What a source said of event time.</summary>
    Remark = 3,

    /// <summary>The end of a source's input.</summary>
    End = 4,
}

/// <summary>An entry of a journal.</summary>
/// <param name="Sequence">Its number; they rise.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Step">The source's step.</param>
/// <param name="Batch">The batch, held once; null of the other kinds. Whoever takes the entry releases it.</param>
/// <param name="Remark">What the source said.</param>
public readonly record struct JournalEntry(long Sequence, EntryKind Kind, string Step, Batch? Batch, Remark Remark);

/// <summary>Gives the entries of a journal back in their order, and counts what it cannot.</summary>
public sealed class JournalReader : IDisposable
{
    readonly LogReader _reader;
    readonly IReadOnlyDictionary<string, Schema> _steps;
    readonly Dictionary<string, BatchDecoder> _decoders = new(StringComparer.Ordinal);
    readonly BatchPool _pool;
    readonly long _from;

    internal JournalReader(LogReader reader, long from, IReadOnlyDictionary<string, Schema> steps, BatchPool pool) =>
        (_reader, _from, _steps, _pool) = (reader, from, steps, pool);

    /// <summary>The entry.</summary>
    public JournalEntry Current { get; private set; }

    /// <summary>Entries that are damaged or in a file that is gone; what they held is not known.</summary>
    public long LostEntries => _reader.Skipped;

    /// <summary>Entries of steps that the pipeline no longer has.</summary>
    public long UnknownEntries { get; private set; }

    /// <summary>The readings in those.</summary>
    public long UnknownRows { get; private set; }

    /// <summary>Readings for which this run has no place: their signal is gone or has another unit or kind, or what said which they are is damaged.</summary>
    public long LostRows => _decoders.Values.Sum(d => d.LostRows);

    /// <summary>Goes to the next entry. False behind the last.</summary>
    public bool Next()
    {
        while (_reader.Next())
        {
            var (step, at) = Journal.NameOf(_reader.Payload);
            if (Read(step, _reader.Payload[at..])) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    bool Read(string step, ReadOnlySpan<byte> held)
    {
        var isWanted = _reader.Sequence >= _from;
        if (!_steps.TryGetValue(step, out var schema))
        {
            if (!isWanted || _reader.Kind == Journal.DefinitionsKind) return false;
            UnknownEntries++;
            if (_reader.Kind == (byte)EntryKind.Batch) UnknownRows += BatchDecoder.RowsOf(held);
            return false;
        }

        if (!_decoders.TryGetValue(step, out var decoder)) _decoders[step] = decoder = new BatchDecoder(schema);
        switch (_reader.Kind)
        {
            case Journal.DefinitionsKind:
                decoder.Define(held);
                return false;
            case (byte)EntryKind.Batch when !isWanted:
                decoder.Pass(held);
                return false;
            case (byte)EntryKind.Batch:
                if (decoder.Decode(held, _pool) is not { } batch) return false;
                Current = new(_reader.Sequence, EntryKind.Batch, step, batch, default);
                return true;
            case (byte)EntryKind.Remark when isWanted:
                var remark = new Remark((RemarkKind)held[0], BinaryPrimitives.ReadInt32LittleEndian(held[1..]), BinaryPrimitives.ReadInt64LittleEndian(held[5..]));
                Current = new(_reader.Sequence, EntryKind.Remark, step, null, remark);
                return true;
            case (byte)EntryKind.End when isWanted:
                Current = new(_reader.Sequence, EntryKind.End, step, null, default);
                return true;
            default:
                return false;
        }
    }
}
