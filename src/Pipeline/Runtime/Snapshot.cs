namespace StreamEdge;

/// <summary>One consistent cut through a pipeline: the position of every source and the state of every step at a barrier.</summary>
public sealed class Snapshot
{
    readonly Dictionary<string, (string Shape, ReadOnlyMemory<byte> Bytes)> _states = new(StringComparer.Ordinal);

    /// <summary>The unique names of the steps it holds a state of.</summary>
    public IReadOnlyCollection<string> Steps => _states.Keys;

    /// <summary>The journal's position from which on its sources are to be given entries again; null where they need none.</summary>
    public long? Position { get; private set; }

    /// <summary>A source needs the journal's entries from here on.</summary>
    public void Needs(long position)
    {
        lock (_states) Position = Math.Min(Position ?? position, position);
    }

    /// <summary>Adds a step's state.</summary>
    public void Add(string step, string shape, Action<StateWriter> save)
    {
        var state = new StateWriter();
        save(state);
        lock (_states) _states[step] = (shape, state.Written);
    }

    /// <summary>Gives a step its state back. A step that was not there when the cut was made starts empty.</summary>
    /// <exception cref="StepFailure">The state was saved under other options.</exception>
    public void Restore(string step, string shape, Action<StateReader> restore)
    {
        if (!_states.TryGetValue(step, out var state)) return;
        if (state.Shape != shape)
            throw new StepFailure(step, new InvalidOperationException($"its saved state was made with other options ({state.Shape}, now {shape}); put them back, or begin anew with 'run --fresh'"));
        var reader = new StateReader(state.Bytes);
        try
        {
            restore(reader);
        }
        catch (FileNotFoundException error)
        {
            throw new StepFailure(step, new IOException($"{error.Message}; put it back, or begin anew with 'run --fresh'", error));
        }
        catch (InvalidOperationException error)
        {
            throw new StepFailure(step, error);
        }

        if (!reader.AtEnd) throw new StepFailure(step, new InvalidOperationException("it did not read its saved state to the end"));
    }

    /// <summary>Writes the states of all steps, in the order of their names.</summary>
    public void Write(StateWriter to)
    {
        lock (_states)
        {
            to.Write((long)_states.Count);
            foreach (var (step, state) in _states.OrderBy(s => s.Key, StringComparer.Ordinal)) to.Write(step).Write(state.Shape).WriteBytes(state.Bytes.Span);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static Snapshot Read(StateReader from)
    {
        var snapshot = new Snapshot();
        for (var left = from.Int(); left > 0; left--) snapshot._states[from.Text()] = (from.Text(), from.Bytes());
        return snapshot;
    }
}
