using System.CommandLine;

namespace StreamEdge;

/// <summary><c>streamedge ledger</c>: shows the books of the last run of each pipeline.</summary>
sealed class LedgerVerb : Verb
{
    /// <summary>The state under which the books of a failed run are kept.</summary>
    public const string Failed = "failed";

    readonly Argument<string?> _pipeline = new("PIPELINE") { Description = "A pipeline's name. Default: all.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string> _state = SharedOptions.State();

    public LedgerVerb() : base("ledger", "Shows where every reading of the last run went.", "streamedge ledger demo")
    {
        Add(_pipeline);
        Add(_state);
    }

    /// <inheritdoc/>
    public override string Detail => "The books of each step must balance: in + created = passed + absorbed + dropped + held.";

    /// <inheritdoc/>
    public override Task<int> RunAsync(ParseResult given, Terminal terminal, Catalog steps)
    {
        var (pipeline, state) = (given.GetValue(_pipeline), SharedOptions.StateOf(given, _state));
        var exit = Exit.Fine;
        var shown = 0;
        foreach (var file in pipeline is null ? Stores.In(state) : [Stores.Of(pipeline, state)])
        {
            try
            {
                // The newest run comes first.
                foreach (var run in StoreBooks.Read(file, pipeline).DistinctBy(r => r.Ledger.Pipeline).OrderBy(r => r.Ledger.Pipeline, StringComparer.Ordinal))
                {
                    if (shown++ > 0) terminal.Out.WriteLine();
                    Write(run, terminal.Out);
                    if (!run.Ledger.Balanced) exit = Exit.Mistakes;
                }
            }
            catch (Exception error) when (Stores.IsTrouble(error))
            {
                terminal.Error.WriteLine($"streamedge: {error.Message}");
                exit = Exit.Mistakes;
            }
        }

        return shown > 0 || exit != Exit.Fine ? Task.FromResult(exit) : throw new MisuseException($"no books are kept in the folder {Visible.Quote(state)} yet; run a pipeline first");
    }

    static void Write(StoredRun run, TextWriter output)
    {
        output.WriteLine($"{run.Ledger.Pipeline}: {run.State} {run.Ended:yyyy-MM-dd HH:mm:ss} UTC after {Figures.Elapsed(run.Ended - run.Started)}; {Figures.Collected(run.Ledger):N0} readings");
        output.WriteLine();
        BooksText.Write(run.Ledger, output);
        output.WriteLine();
        output.WriteLine($"  ledger  {BooksText.Verdict(run.Ledger, run.State == Failed)}");
    }
}
