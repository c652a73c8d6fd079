using System.Buffers.Binary;
using System.Text;

namespace StreamEdge;

/// <summary>
/// What a pipeline's sources took, in the order they took it, kept until a checkpoint has it: after a crash the steps get
/// it again. Every entry begins with the name of its step. Thread-safe: each source appends from its own stage.
/// </summary>
public sealed class Journal : IDisposable
{
    internal const byte DefinitionsKind = 1;

    readonly Lock _appending = new();
    readonly FileStore _files;
    readonly SegmentLog _log;
    readonly Dictionary<string, BatchEncoder> _encoders = new(StringComparer.Ordinal);
    readonly ByteBuffer _entry = new(), _definitions = new(), _defining = new();

    /// <summary>Opens the journal in a folder, or begins one.</summary>
    /// <param name="files">The folder.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="position">The position of the checkpoint that is gone on from: entries that it has seen may be lost here, and their numbers must not come again.</param>
    public Journal(FileStore files, SegmentLogOptions? options = null, long position = 0)
    {
        (_files, _log) = (files, new SegmentLog(files, options ?? new() { Name = "journal" }));
        _log.SkipTo(position);
    }

    /// <summary>Behind the last entry.</summary>
    public long Position => _log.NextSequence;

    /// <summary>The log that it is kept in: its size, its failures.</summary>
    public SegmentLog Log => _log;

    /// <summary>Adds a batch that a source gave, and returns the entry's number. The batch stays the caller's.</summary>
    /// <inheritdoc cref="SegmentLog.Append" path="/exception"/>
    public long Append(string step, Batch batch)
    {
        lock (_appending)
        {
            if (!_encoders.TryGetValue(step, out var encoder)) _encoders[step] = encoder = new BatchEncoder(batch.Schema);
            while (true)
            {
                var generation = _log.Generation;
                Begin(step);
                encoder.Encode(batch, generation, _entry, _definitions);
                if (_definitions.Length > 0)
                {
                    WriteName(_defining, step);
                    _defining.Write(_definitions.Written);
                    if (!_log.TryAppend(generation, DefinitionsKind, _defining.Written, out _)) continue;
                }

                if (!_log.TryAppend(generation, (byte)EntryKind.Batch, _entry.Written, out var sequence)) continue;
                encoder.Keep();
                return sequence;
            }
        }
    }

    /// <summary>Adds what a source said of event time.</summary>
    /// <inheritdoc cref="SegmentLog.Append" path="/exception"/>
    public long AppendRemark(string step, Remark remark)
    {
        lock (_appending)
        {
            Begin(step);
            var bytes = _entry.Room(13);
            bytes[0] = (byte)remark.Kind;
            BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], remark.Source);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[5..], remark.Time);
            _entry.Advance(13);
            return _log.Append((byte)EntryKind.Remark, _entry.Written);
        }
    }

    /// <summary>Adds that a source's input has ended.</summary>
    /// <inheritdoc cref="SegmentLog.Append" path="/exception"/>
    public long AppendEnd(string step)
    {
        lock (_appending)
        {
            Begin(step);
            return _log.Append((byte)EntryKind.End, _entry.Written);
        }
    }

    /// <summary>Brings all entries to the disk: what a source gave may then be acknowledged. Returns the number before which all are there.</summary>
    /// <inheritdoc cref="SegmentLog.Sync" path="/exception"/>
    public long Sync() => _log.Sync();

    /// <summary>Gives the entries back from a position on.</summary>
    /// <param name="from">The position of the checkpoint.</param>
    /// <param name="steps">What the sources of this run give, by the steps' names; entries of others are left out and counted.</param>
    /// <param name="pool">Where the batches come from.</param>
    public JournalReader Replay(long from, IReadOnlyDictionary<string, Schema> steps, BatchPool pool) =>
        new(new LogReader(_files, _log, from, whole: true), from, steps, pool);

    /// <summary>Gives up the entries before a position, as far as whole files hold nothing else.</summary>
    public void TrimBefore(long position) => _log.TrimBefore(position);

    /// <inheritdoc/>
    public void Dispose()
    {
        _log.Dispose();
        _entry.Dispose();
        _definitions.Dispose();
        _defining.Dispose();
    }

    void Begin(string step) => WriteName(_entry, step);

    static void WriteName(ByteBuffer to, string step)
    {
        to.CutTo(0);
        to.Write((byte)0);
        to.Write(step.AsSpan());
        to.Written[0] = checked((byte)(to.Length - 1));
    }

    /// <summary>The step of an entry, and what it holds.</summary>
    internal static (string Step, int At) NameOf(ReadOnlySpan<byte> entry) => (Encoding.UTF8.GetString(entry.Slice(1, entry[0])), 1 + entry[0]);
}
