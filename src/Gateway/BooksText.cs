namespace StreamEdge;

/// <summary>Shows a ledger: a line per step with what came in and went on, then every drop and every value left out, with its reason and signals.</summary>
static class BooksText
{
    /// <summary>The accounts in the order of the file's steps, edges behind them.</summary>
    public static Ledger Sorted(Ledger ledger, Plan plan)
    {
        var place = plan.Steps.Select((step, number) => (step.Name, number)).ToDictionary(p => p.Name, p => p.number, StringComparer.Ordinal);
        return ledger with { Accounts = [.. ledger.Accounts.OrderBy(a => place.GetValueOrDefault(a.Name, int.MaxValue))] };
    }

    /// <summary>Writes the accounts; an edge only where it dropped or holds something.</summary>
    public static void Write(Ledger ledger, TextWriter output)
    {
        var accounts = ledger.Accounts.Where(a => a.Part != "edge" || a.Dropped + a.Held > 0).ToList();
        var table = new TextTable(2);
        table.Add("step", "in", "out", "dropped", "held");
        foreach (var account in accounts)
            table.Add(account.Name, $"{account.In:N0}", $"{(account.Part == "sink" ? account.Absorbed : account.Passed):N0}", Figures.OrBlank(account.Dropped), Figures.OrBlank(account.Held));
        table.Write(output);

        WriteLosses("dropped", output,
            from account in accounts
            from drop in account.Drops.Where(d => d.Signal.Length == 0)
            select (account.Name, drop.Reason, drop.Count, account.Drops.Where(d => d.Reason == drop.Reason && d.Signal.Length > 0).Select(d => (d.Signal, d.Count))));
        WriteLosses("values left out", output,
            from account in accounts
            from reason in account.LeftOut.GroupBy(l => l.Reason)
            select (account.Name, reason.Key, reason.Sum(l => l.Count), reason.Select(l => (l.Column, l.Count))));
    }

    static void WriteLosses(string heading, TextWriter output, IEnumerable<(string Step, string Reason, long Count, IEnumerable<(string Signal, long Count)> BySignal)> losses)
    {
        foreach (var (number, loss) in losses.Index())
        {
            if (number == 0) output.WriteLine($"\n  {heading}");
            var signals = string.Join(", ", loss.BySignal.Select(s => $"{s.Signal} {s.Count:N0}"));
            HelpText.Hang("    ", $"{loss.Step}: {loss.Count:N0} {loss.Reason}{(signals.Length > 0 ? $" ({signals})" : "")}", 6, output);
        }
    }

    /// <summary>"balanced", or the accounts that are not. A pipeline that failed leaves open what its steps were at work on.</summary>
    public static string Verdict(Ledger ledger, bool failed)
    {
        if (ledger.Balanced) return "balanced";
        var open = string.Join(", ", ledger.Accounts.Where(a => a.Difference != 0).Select(a => $"{a.Name} by {a.Difference:N0}"));
        return failed ? $"open, for it failed at work: {open}" : $"NOT BALANCED: {open}";
    }
}
