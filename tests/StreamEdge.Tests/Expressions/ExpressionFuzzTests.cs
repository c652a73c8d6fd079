using System.Diagnostics;

namespace StreamEdge;

/// <summary>Random texts as expressions: each is read and computed, or refused with a place inside it; nothing crashes or hangs.</summary>
public class ExpressionFuzzTests
{
    static readonly string[] s_pieces =
    [
        "a", "b", "temp", "state", "open", "machine", "quality", "missing_name", "`flow rate`", "\"run\"", "\"", "'x'", "1", "0", "1e308", "5 degC", "3 bar", "80%", "12 in", "1e", ".5", "true", "false",
        "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "??", "(", ")", ",", " and ", " or ", " not ", " in ", "=", "!", "&&", "^", "[", "{", "\n", "é", "\u202e", "😀",
        .. Functions.All.Select(f => f.Name + "("),
    ];

    static readonly string[] s_sound =
    [
        "temp > 80 degC and state == \"run\"", "(a - prev(a)) / elapsed()", "if(open, max(a, b, 3), last(b) ?? 0)", "clamp(round(a * 2, 1), 0, 100) % 7", "state in (\"run\", \"idle\") or changed(machine)",
    ];

    static readonly Schema s_rows = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(),
        [new("a", Kind.Number), new("b", Kind.Integer), new("temp", Kind.Number, Some.Unit("degC")), new("state", Kind.Text), new("open", Kind.Bool), new("flow rate", Kind.Number)], hasWindow: false);

    /// <summary>20,000 texts, with ./test --long a million.</summary>
    static int Rounds => Environment.GetEnvironmentVariable("STREAMEDGE_LONG") == "1" ? 1_000_000 : 20_000;

    [Fact]
    public void Random_texts_are_computed_or_refused_with_a_place_and_never_crash()
    {
        var random = new Random(20260101);
        var batch = new Plant().Batch(s_rows, new Row("m1", null, 1, 1.5, 2L, 20.0, "run", true, 4.0), new Row("m2", null, 2, null, null, null, null, null, null));
        var results = new double[2];
        var computed = 0;
        var longest = TimeSpan.Zero;
        for (var round = 0; round < Rounds; round++)
        {
            var text = round % 3 == 0 ? Edited(random, s_sound[random.Next(s_sound.Length)]) : Pieced(random);
            var start = Stopwatch.GetTimestamp();
            if (Compute(text, batch, results)) computed++;
            if (Stopwatch.GetElapsedTime(start) is var took && took > longest) longest = took;
        }

        Assert.InRange(computed, Rounds / 200, Rounds);
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    static bool Compute(string text, Batch batch, double[] results)
    {
        if (!Expression.TryParse(text, out var expression, out var wrong))
        {
            Assert.InRange(wrong.Offset, 0, Math.Max(0, text.Length - 1));
            return false;
        }

        var wrongs = new List<Wrong>();
        if (expression.Bind(s_rows, wrongs) is not { } bound)
        {
            Assert.NotEmpty(wrongs);
            Assert.All(wrongs, w => Assert.InRange(w.Offset, 0, text.Length - 1));
            return false;
        }

        bound.Compute(batch, results);
        return true;
    }

    static string Pieced(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => s_pieces[random.Next(s_pieces.Length)] + (random.Next(3) == 0 ? " " : "")));

    static string Edited(Random random, string text)
    {
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length + 1);
            text = random.Next(3) switch
            {
                0 when at < text.Length => text.Remove(at, 1),
                1 => text.Insert(at, s_pieces[random.Next(s_pieces.Length)]),
                _ when at < text.Length => text[..at] + (char)random.Next(32, 127) + text[(at + 1)..],
                _ => text,
            };
        }

        return text;
    }
}
