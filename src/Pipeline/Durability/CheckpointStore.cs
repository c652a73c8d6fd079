namespace StreamEdge;

/// <summary>
/// The checkpoints of a pipeline: <c>checkpoint-0000000001</c> and so on, of which the last two are kept. A checkpoint
/// is whole or not there: it is written under another name, synced, renamed, and the name synced.
/// </summary>
/// <param name="files">The folder.</param>
/// <param name="notice">Is told in a sentence of a damaged checkpoint that was got over.</param>
public sealed class CheckpointStore(FileStore files, Action<string>? notice = null)
{
    const string Name = "checkpoint", Unfinished = "checkpoint.new";

    /// <summary>Checkpoints that were found damaged.</summary>
    public int Damaged { get; private set; }

    /// <summary>Writes a checkpoint. What its position stands for must be synced in the journal before.</summary>
    /// <returns>The position before which the journal may be trimmed: that of the checkpoint before, in case this one is damaged one day.</returns>
    /// <exception cref="DiskFullException">There is no room; the ones before are still there.</exception>
    /// <exception cref="IOException">The disk does not work; the ones before are still there.</exception>
    public long Write(Checkpoint checkpoint)
    {
        var before = Numbers();
        var number = before.Count == 0 ? 1 : before[0] + 1;
        var name = Segment.NameOf(Name, number);
        try
        {
            using (var file = files.Create(Unfinished))
            {
                file.Append((checkpoint with { Number = number }).ToBytes());
                file.Sync();
            }

            files.Rename(Unfinished, name);
            files.SyncFolder();
        }
        catch (IOException)
        {
            // Its name may not be on the disk: it must not count as one of the two.
            Remove(Unfinished);
            Remove(name);
            throw;
        }

        var sound = before.Select(n => (Number: n, Checkpoint: Read(n))).FirstOrDefault(c => c.Checkpoint is not null);
        foreach (var old in before)
            if (old != sound.Number) Remove(Segment.NameOf(Name, old));
        return sound.Checkpoint?.Position ?? 0;
    }

    /// <summary>The newest sound checkpoint; null where none was ever written.</summary>
    /// <exception cref="InvalidDataException">All are damaged, or a newer program wrote one. Nothing has been touched.</exception>
    public Checkpoint? ReadNewest()
    {
        var numbers = Numbers();
        var damaged = new List<string>();
        foreach (var number in numbers)
        {
            if (Read(number) is { } checkpoint)
            {
                foreach (var path in damaged) notice?.Invoke($"{path} is damaged; the pipeline goes on from the checkpoint before it");
                return checkpoint;
            }

            damaged.Add(Path.Combine(files.Place, Segment.NameOf(Name, number)));
            Damaged++;
        }

        if (damaged.Count == 0) return null;
        throw new InvalidDataException($"{string.Join(" and ", damaged)}: damaged, and there is no other checkpoint; nothing was touched: move the folder away to start with empty steps");
    }

    /// <summary>The numbers of the checkpoints, newest first. A file of length 0, which a power cut leaves, is none.</summary>
    List<long> Numbers() =>
        [.. files.Names().Where(name => Segment.NumberOf(Name, name) >= 0 && Length(name) > 0).Select(name => Segment.NumberOf(Name, name)).OrderDescending()];

    long Length(string name)
    {
        using var file = files.Open(name);
        return file.Length;
    }

    Checkpoint? Read(long number)
    {
        var name = Segment.NameOf(Name, number);
        using var file = files.Open(name);
        var bytes = new byte[file.Length];
        for (var at = 0; at < bytes.Length;)
        {
            var read = file.Read(at, bytes.AsSpan(at));
            if (read == 0) return null;
            at += read;
        }

        return Checkpoint.Read(bytes, Path.Combine(files.Place, name));
    }

    void Remove(string name)
    {
        try
        {
            files.Remove(name);
        }
        catch (IOException)
        {
            // It is in the way of nothing: the next one has another number.
        }
    }
}
