using System.Text;

namespace StreamEdge;

/// <summary>How the console shows rows.</summary>
public enum ConsoleFormat
{
    /// <summary>A line to read: time, tags, values with their units.</summary>
    Text,

    /// <summary>A JSON object a line, to be piped on.</summary>
    JsonLines,
}

/// <summary>Prints every row and reading on standard output, to look at while a pipeline is being made.</summary>
/// <example>
/// - transmit: { show: { console: text } }
/// </example>
public sealed record ConsoleSinkOptions : SinkOptions
{
    /// <summary>How a row is shown: <c>text</c> or <c>json_lines</c>. Default: text.</summary>
    [Short]
    public ConsoleFormat Format { get; init; }

    /// <inheritdoc/>
    public override Sink Build(BuildContext context) =>
        Format == ConsoleFormat.Text || JsonLinesWriter.Check(context, nameof(Format)) ? new ConsoleSink(this, context) : default(Refusal);
}

/// <summary>Prints a batch at a time, and flushes behind each.</summary>
sealed class ConsoleSink : Sink
{
    readonly IBatchWriter _writer;
    readonly TextWriter _console;
    readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    char[] _text = [];

    public ConsoleSink(ConsoleSinkOptions options, BuildContext context) : base(context.Inputs)
    {
        _writer = options.Format == ConsoleFormat.JsonLines ? new JsonLinesWriter(Books) : new ReadableWriter();
        _console = context.Pipeline.Surroundings.Console;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        for (var row = 0; row < batch.Count;)
        {
            row = _writer.Write(batch, row);
            var length = Decode(_writer.Lines.Span);
            await _console.WriteAsync(_text.AsMemory(0, length), cancel);
            _writer.Clear();
        }

        await _console.FlushAsync(cancel);
        Books.Absorbed += batch.Count;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _writer.Dispose();
        return base.DisposeAsync();
    }

    int Decode(ReadOnlySpan<byte> lines)
    {
        if (_text.Length < lines.Length) _text = new char[lines.Length];
        return _decoder.GetChars(lines, _text, flush: true);
    }
}
