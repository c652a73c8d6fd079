namespace StreamEdge;

/// <summary>Turns batches into lines of text. The text depends on the rows alone, never on how they came in batches.</summary>
public interface IBatchWriter : IDisposable
{
    /// <summary>Whole lines that wait to be taken away.</summary>
    ReadOnlyMemory<byte> Lines { get; }

    /// <summary>Whether <see cref="Lines"/> should be taken away before more is written.</summary>
    bool IsFull { get; }

    /// <summary>Rows and readings written so far, the unfinished line's among them. Those that could not be written are counted as dropped.</summary>
    long Written { get; }

    /// <summary>Writes rows until the batch ends or <see cref="IsFull"/>.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="from">The first row to write.</param>
    /// <returns>The row to go on with; the batch's count at its end.</returns>
    int Write(Batch batch, int from = 0);

    /// <summary>Ends a line that still waits for readings of the same point.</summary>
    void Close();

    /// <summary>Forgets <see cref="Lines"/>; an unfinished line stays.</summary>
    void Clear();
}
