using Microsoft.Data.Sqlite;

namespace StreamEdge;

/// <summary>The books of one run, as the store keeps them.</summary>
/// <param name="Started">When the run began.</param>
/// <param name="Ended">When the books were written: at its end, or while it ran.</param>
/// <param name="State">How it stands: <c>running</c>, <c>ended</c>, <c>stopped</c>, <c>failed</c>, or what the writer calls it.</param>
/// <param name="Ledger">The books.</param>
public sealed record StoredRun(DateTimeOffset Started, DateTimeOffset Ended, string State, Ledger Ledger);

/// <summary>Keeps the books of a pipeline's last 100 runs in the store, for <c>./streamedge ledger</c>.</summary>
public static class StoreBooks
{
    const int RunsKept = 100;

    /// <summary>Writes the books of a run; those of the same pipeline and start, written before, are replaced.</summary>
    /// <param name="path">The store's file; made where there is none.</param>
    /// <param name="ledger">The books.</param>
    /// <param name="started">When the run began.</param>
    /// <param name="ended">When it ended; now, where it still runs.</param>
    /// <param name="state">How it stands, in a word.</param>
    public static void Write(string path, Ledger ledger, DateTimeOffset started, DateTimeOffset ended, string state)
    {
        using var store = StoreFile.OpenForWriting(path);
        using var transaction = store.BeginTransaction(deferred: false);
        var run = SqliteFile.Number(store, """
            INSERT INTO run (pipeline, started, ended, state) VALUES ($pipeline, $started, $ended, $state)
            ON CONFLICT DO UPDATE SET ended = excluded.ended, state = excluded.state RETURNING id
            """, ("$pipeline", ledger.Pipeline), ("$started", Nanoseconds.Of(started)), ("$ended", Nanoseconds.Of(ended)), ("$state", state));
        Remove(store, run);
        for (var number = 0; number < ledger.Accounts.Count; number++) Write(store, run, number, ledger.Accounts[number]);
        foreach (var old in Runs(store, ledger.Pipeline).Skip(RunsKept))
        {
            Remove(store, old.Id);
            SqliteFile.Run(store, "DELETE FROM run WHERE id = $run", ("$run", old.Id));
        }

        transaction.Commit();
    }

    /// <summary>The books of a pipeline's runs, the newest first.</summary>
    /// <param name="path">The store's file.</param>
    /// <param name="pipeline">The pipeline; null for all of the store.</param>
    /// <exception cref="FileNotFoundException">There is no store.</exception>
    public static IReadOnlyList<StoredRun> Read(string path, string? pipeline = null)
    {
        using var store = StoreFile.OpenForReading(path);
        using var transaction = store.BeginTransaction(deferred: true); // one state of the file, also while a run is written
        return [.. Runs(store, pipeline).Select(r => r.Run with { Ledger = new(r.Run.Ledger.Pipeline, Accounts(store, r.Id)) })];
    }

    static void Remove(SqliteConnection store, long run) =>
        SqliteFile.Run(store, "DELETE FROM account WHERE run = $run; DELETE FROM tally WHERE run = $run; DELETE FROM left_out WHERE run = $run", ("$run", run));

    static void Write(SqliteConnection store, long run, int number, Account account)
    {
        SqliteFile.Run(store, "INSERT INTO account VALUES ($run, $number, $name, $part, $came, $created, $passed, $absorbed, $held)",
            ("$run", run), ("$number", number), ("$name", account.Name), ("$part", account.Part), ("$came", account.In), ("$created", account.Created),
            ("$passed", account.Passed), ("$absorbed", account.Absorbed), ("$held", account.Held));
        // What passed by signal stands beside what was dropped, under no reason.
        var tallies = account.Drops.Concat(account.BySignal.Select(s => (Reason: "", s.Signal, s.Count))).ToList();
        for (var tally = 0; tally < tallies.Count; tally++)
            SqliteFile.Run(store, "INSERT INTO tally VALUES ($run, $account, $number, $reason, $signal, $count)",
                ("$run", run), ("$account", number), ("$number", tally), ("$reason", tallies[tally].Reason), ("$signal", tallies[tally].Signal), ("$count", tallies[tally].Count));
        foreach (var (reason, column, count) in account.LeftOut)
            SqliteFile.Run(store, "INSERT INTO left_out VALUES ($run, $account, $reason, $field, $count)", ("$run", run), ("$account", number), ("$reason", reason), ("$field", column), ("$count", count));
    }

    static List<(long Id, StoredRun Run)> Runs(SqliteConnection store, string? pipeline)
    {
        using var command = SqliteFile.Command(store,
            "SELECT id, pipeline, started, ended, state FROM run WHERE $pipeline IS NULL OR pipeline = $pipeline ORDER BY started DESC, id DESC", ("$pipeline", (object?)pipeline ?? DBNull.Value));
        using var reader = command.ExecuteReader();
        var runs = new List<(long, StoredRun)>();
        while (reader.Read())
            runs.Add((reader.GetInt64(0), new(Nanoseconds.ToInstant(reader.GetInt64(2)), Nanoseconds.ToInstant(reader.GetInt64(3)), reader.GetString(4), new(reader.GetString(1), []))));
        return runs;
    }

    static List<Account> Accounts(SqliteConnection store, long run)
    {
        var tallies = Tallies(store, run, "SELECT account, reason, signal, count FROM tally WHERE run = $run ORDER BY account, number");
        var leftOut = Tallies(store, run, StoreFile.VersionOf(store) < 2 ? null : "SELECT account, reason, field, count FROM left_out WHERE run = $run ORDER BY account, reason, field");
        using var command = SqliteFile.Command(store, "SELECT number, name, part, came, created, passed, absorbed, held FROM account WHERE run = $run ORDER BY number", ("$run", run));
        using var reader = command.ExecuteReader();
        var accounts = new List<Account>();
        while (reader.Read())
        {
            var own = tallies[reader.GetInt64(0)].ToList();
            accounts.Add(new(reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7), [.. own.Where(t => t.Reason.Length > 0)])
            {
                BySignal = [.. own.Where(t => t.Reason.Length == 0).Select(t => (t.Signal, t.Count))],
                LeftOut = [.. leftOut[reader.GetInt64(0)]],
            });
        }

        return accounts;
    }

    static ILookup<long, (string Reason, string Signal, long Count)> Tallies(SqliteConnection store, long run, string? query)
    {
        var tallies = new List<(long Account, (string, string, long) Tally)>();
        if (query is null) return tallies.ToLookup(t => t.Account, t => t.Tally);
        using var command = SqliteFile.Command(store, query, ("$run", run));
        using var reader = command.ExecuteReader();
        while (reader.Read()) tallies.Add((reader.GetInt64(0), (reader.GetString(1), reader.GetString(2), reader.GetInt64(3))));
        return tallies.ToLookup(t => t.Account, t => t.Tally);
    }
}
