using System.CommandLine;

namespace StreamEdge;

/// <summary><c>streamedge ledger</c>: shows the books of the last run of each pipeline.</summary>
sealed class LedgerVerb : Verb
{
    /// <summary>Said of a run whose last books say that it runs, though it does not.</summary>
    const string Killed = "killed";

    readonly Argument<string?> _pipeline = new("PIPELINE") { Description = "A pipeline's name. Default: all.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string> _state = SharedOptions.State();

    public LedgerVerb() : base("ledger", "Shows where every reading of the last run went.", "streamedge ledger demo")
    {
        Add(_pipeline);
        Add(_state);
    }

    /// <inheritdoc/>
    public override string Detail => "The books of each step must balance: in + created = passed + absorbed + dropped + held. A run keeps them while it runs, every ten seconds; one that did not end is told as that.";

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
                foreach (var run in Newest(file, pipeline, state))
                {
                    if (shown++ > 0) terminal.Out.WriteLine();
                    Write(run, terminal.Out);
                    if (run.State != KeptBooks.Running && !run.Ledger.Balanced || run.State == Killed) exit = Exit.Mistakes;
                }
            }
            catch (Exception error) when (StoreTrouble.Is(error))
            {
                terminal.Error.WriteLine($"streamedge: {StoreTrouble.Text(file, error)}");
                exit = Exit.Mistakes;
            }
        }

        return shown > 0 || exit != Exit.Fine ? Task.FromResult(exit) : throw new MisuseException($"no books are kept in the folder {Visible.Quote(state)} yet; run a pipeline first");
    }

    /// <summary>The last run of each pipeline; one that says it runs, but holds no lock, was <see cref="Killed"/>.</summary>
    static List<StoredRun> Newest(string file, string? pipeline, string state)
    {
        // Read again where one seems dead: it may have ended between the first look into its books and that at its lock.
        var runs = Read();
        return runs.Any(IsDead) ? Read().ConvertAll(run => IsDead(run) ? run with { State = Killed } : run) : runs;

        bool IsDead(StoredRun run) => run.State == KeptBooks.Running && !RunLock.IsHeld(state, run.Ledger.Pipeline);

        // The newest run comes first.
        List<StoredRun> Read() => [.. StoreBooks.Read(file, pipeline).DistinctBy(r => r.Ledger.Pipeline).OrderBy(r => r.Ledger.Pipeline, StringComparer.Ordinal)];
    }

    static void Write(StoredRun run, TextWriter output)
    {
        var state = run.State switch
        {
            Killed => "DID NOT END, last seen",
            KeptBooks.Running => "running, seen",
            var other => other,
        };
        output.WriteLine($"{run.Ledger.Pipeline}: {state} {run.Ended:yyyy-MM-dd HH:mm:ss} UTC after {Figures.Elapsed(run.Ended - run.Started)}; {Figures.Collected(run.Ledger):N0} readings");
        output.WriteLine();
        BooksText.Write(run.Ledger, output);
        output.WriteLine();
        HelpText.Hang("  ledger  ", Verdict(run), 10, output);
    }

    static string Verdict(StoredRun run) => run.State switch
    {
        Killed => "never closed: the run was killed or lost its power, and what it did after these books is in none",
        KeptBooks.Running => "still open, for it is at work",
        var state => BooksText.Verdict(run.Ledger, state == KeptBooks.Failed),
    };
}
