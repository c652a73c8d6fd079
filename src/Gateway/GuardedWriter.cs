using System.Text;

namespace StreamEdge;

/// <summary>Standard output or error, which may be full or gone: what then becomes of it is said here, once for all that prints.</summary>
sealed class GuardedWriter : TextWriter
{
    readonly TextWriter _inner;
    readonly bool _matters;

    GuardedWriter(TextWriter inner, bool matters) => (_inner, _matters, CoreNewLine) = (inner, matters, ['\n']);

    /// <summary>Results: who wants them must hear that they are lost, by an <see cref="OutputLostException"/>.</summary>
    public static GuardedWriter Results(TextWriter inner) => new(inner, matters: true);

    /// <summary>Messages: where nobody can be told, the work goes on without.</summary>
    public static GuardedWriter Messages(TextWriter inner) => new(inner, matters: false);

    /// <inheritdoc/>
    public override Encoding Encoding => _inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write($"{value}\n"); // one write: log lines of several threads stay whole

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        try
        {
            _inner.Write(buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (_matters) throw new OutputLostException(error);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        try
        {
            _inner.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (_matters) throw new OutputLostException(error);
        }
    }

    /// <inheritdoc/>
    public override Task FlushAsync()
    {
        Flush();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return Task.CompletedTask;
    }
}

/// <summary>Standard output is full or gone.</summary>
sealed class OutputLostException(Exception cause, string what = "standard output") : Exception($"{what} cannot be written: {cause.GetBaseException().Message}", cause);
