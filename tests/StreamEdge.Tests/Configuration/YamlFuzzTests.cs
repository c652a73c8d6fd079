using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

/// <summary>Whatever the bytes, the reader answers: a tree, or faults with places inside the file.</summary>
public class YamlFuzzTests
{
    const string Press = """
        pipeline: press-line-3
        time: { field: ts, wait: 5s, idle: 30s, late: revise }   # event time
        signals:
          temp:      { unit: degC, range: [-20, 250], rate: 1/s, max_change: 15 degC/s }
          vibration: { unit: mm/s, range: [0, 50],    rate: 1/s, tolerance: 0.05 }
        steps:
          - collect:
              mqtt: mqtt://broker.plant:1883
              topic: plant/{line}/{machine}/{signal}
          - clean:
              keep: quality == "good"
              stuck: { after: 10m, then: 'flag' }
          - infer:
              anomaly: { when: "clamp(score, 0, 1) > 0.98", for: 2 windows }
              text: |
                several
                lines
        """;

    // What YAML gives a meaning, so that edits hit something more often than random characters would.
    static readonly string[] s_pieces =
    [
        "[", "]", "{", "}", ":", ": ", ",", "- ", "-", "? ", "?", "|", "|+2", ">", ">-", "'", "\"", "#", " #", "&a", "*a", "!", "!!str", "!<", "%", "@", "`", "\\", "<<: ", "---", "...",
        "\n", "\r", "\r\n", "\t", " ", "  ", "~", "\u00A0", "\u202E", "\u0000", "\u0085", "\uFEFF", "\u00E4", "\U0001F321", "(", ")", "a", "0", "\n---\n", "\n...\n", "\n%YAML 1.2\n", "\n  ", "\n- ",
    ];

    static readonly Gen<string> s_piece = Gen.Elements(s_pieces);

    [Fact]
    public void Random_bytes_are_answered() => Check(3_000, ArbMap.Default.GeneratorFor<byte[]>(), bytes => bytes);

    [Fact]
    public void Random_pieces_of_YAML_are_answered() =>
        Check(5_000, s_piece.ArrayOf(), pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)));

    [Fact]
    public void A_pipeline_with_random_edits_is_answered() =>
        Check(5_000, s_piece.Zip(Gen.Choose(0, Press.Length)).Zip(Gen.Choose(0, 6)).NonEmptyListOf(), edits =>
        {
            var text = Press;
            foreach (var ((piece, at), removed) in edits.Take(8))
            {
                var start = Math.Min(at, text.Length);
                text = text[..start] + piece + text[Math.Min(start + removed, text.Length)..];
            }
            return Encoding.UTF8.GetBytes(text);
        });

    [Fact]
    public void A_pipeline_cut_anywhere_is_answered()
    {
        for (var length = 0; length < Press.Length; length++) Answered(Encoding.UTF8.GetBytes(Press[..length]));
    }

    static void Check<T>(int times, Gen<T> generator, Func<T, byte[]> bytes) =>
        Prop.ForAll(generator.ToArbitrary(), value => Answered(bytes(value)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(20260101, 7));

    static void Answered(byte[] bytes)
    {
        var faults = new Faults("fuzz.yaml");
        var root = YamlReader.Read(bytes, faults);

        Assert.True(root is not null || faults.Any, "nothing was read and nothing was said");
        var source = Encoding.UTF8.GetString(bytes);
        foreach (var fault in faults.Items)
        {
            Assert.InRange(fault.At.Line, 1, source.Length + 1);
            Assert.InRange(fault.At.Column, 1, source.Length + 2);
            Assert.DoesNotContain(fault.ToString(), char.IsControl);
            Assert.False(fault.Picture(source).Contains('\u202E'));
        }
    }
}
