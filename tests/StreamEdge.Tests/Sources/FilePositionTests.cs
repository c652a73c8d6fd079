using System.Text;

namespace StreamEdge;

public class FilePositionTests
{
    static readonly Signal[] s_press = [Some.Signal("temp"), Some.Signal("pressure")];

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    [InlineData("a.jsonl")]
    [InlineData("a.jsonl.gz")]
    public void Stopping_after_any_batch_and_going_on_gives_the_same_readings(string name)
    {
        using var rig = new SourceRig(["machine"], s_press);
        var rows = Enumerable.Range(0, 40).ToList();
        var text = name.Contains("json")
            ? string.Concat(rows.Select(i => i % 7 == 3 ? "broken\n" : $"{{\"ts\":{i},\"machine\":\"m{i % 3}\",\"temp\":{i}.5,\"pressure\":{i}}}\n"))
            : "ts,machine,temp,pressure\r\n" + string.Concat(rows.Select(i => i % 7 == 3 ? "broken\r\n" : $"{i},\"m\n{i % 3}\",{i}.5,{i}\r\n"));
        foreach (var file in new[] { name, "b" + name[1..] }) rig.Write(file, name.EndsWith(".gz") ? SourceRig.Gzip(text) : Encoding.UTF8.GetBytes(text));
        var options = new FileSourceOptions { Path = ["*.*"], Tags = new Dictionary<string, string> { ["machine"] = "machine" } };

        var whole = rig.Read(options).Lines;

        Assert.Equal(136, whole.Count);
        foreach (var most in new[] { 2, 3, 4, 7, 50, 80 }) Assert.Equal(whole, rig.ReadInParts(options, most));
    }

    [Fact]
    public void The_number_of_the_row_goes_on_with_the_position()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", "temp\n0\n1\nx\n3\n4\n");
        var options = new FileSourceOptions { Path = ["a.csv"], Every = TimeSpan.FromSeconds(1) };

        Assert.Equal([".temp@0 = 0", ".temp@1 = 1", ".temp@3 = 3", ".temp@4 = 4"], rig.ReadInParts(options, 1));
    }

    [Fact]
    public void Batches_never_split_a_row()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.csv", "ts,temp,pressure\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => i % 2 == 0 ? $"{i},{i},{i}\n" : $"{i},{i},\n")));
        var source = rig.Build(new FileSourceOptions { Path = ["a.csv"] });
        SourceRig.Open(source);
        var lines = new List<string>();
        var batches = new List<int>();
        for (var more = true; more; batches.Add(lines.Count - batches.Sum())) more = rig.Read(source, lines, int.MaxValue);

        Assert.Equal(7500, lines.Count);
        Assert.Equal([4095, 3405], batches);
        Assert.Equal(1, source.Progress);
    }

    [Fact]
    public async Task Progress_may_be_asked_for_by_another_thread_when_a_file_has_been_closed()
    {
        using var rig = new SourceRig(Some.Signal("temp"));
        rig.Write("a.csv", "ts,temp\n1,1\n2,2\n3,3\n");
        var source = rig.Build(new FileSourceOptions { Path = ["a.csv"] });
        SourceRig.Open(source);
        Assert.True(rig.Read(source, [], 1));

        await source.DisposeAsync();

        Assert.Equal(1, source.Progress);
    }

    [Fact]
    public async Task A_file_that_has_become_shorter_is_told()
    {
        using var rig = new SourceRig(s_press[..1]);
        var path = rig.Write("a.csv", "ts,temp\n1,2\n2,3\n");
        var options = new FileSourceOptions { Path = ["a.csv"] };
        var state = Position(rig, options);
        File.WriteAllText(path, "ts,temp\n");

        var source = rig.Build(options);
        source.Restore(new StateReader(state));
        SourceRig.Open(source);
        var error = await Assert.ThrowsAsync<IOException>(() => rig.Start(source, 1, out _));

        Assert.Equal($"{path} is shorter than when it was read last: reading stopped at byte 12", error.Message);
    }

    [Fact]
    public void A_file_that_has_gone_is_told()
    {
        using var rig = new SourceRig(s_press[..1]);
        var path = rig.Write("a.csv", "ts,temp\n1,2\n2,3\n");
        rig.Write("b.csv", "ts,temp\n1,2\n2,3\n");
        var options = new FileSourceOptions { Path = ["*.csv"] };
        var state = Position(rig, options);
        File.Delete(path);

        var error = Assert.Throws<FileNotFoundException>(() => rig.Build(options).Restore(new StateReader(state)));

        Assert.Equal($"{path}, where reading stopped, is not among the source's files any more", error.Message);
    }

    [Fact]
    public void A_gzip_file_that_breaks_off_fails_before_its_last_half_line_is_taken_for_a_row()
    {
        using var rig = new SourceRig(s_press[..1]);
        var packed = SourceRig.Gzip("ts,temp\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},{i * 7919 % 10007}.25\n")));
        foreach (var missing in new[] { 1, 4, 8, 100, packed.Length / 2 })
        {
            rig.Write("a.csv.gz", packed[..^missing]);
            var source = rig.Build(new FileSourceOptions { Path = ["a.csv.gz"] });
            SourceRig.Open(source);
            var lines = new List<string>();

            var error = Assert.Throws<EndOfStreamException>(() =>
            {
                while (rig.Read(source, lines, int.MaxValue))
                {
                }
            });

            Assert.Matches(@"a\.csv\.gz breaks off: after \d+ bytes, unpacked, its gzip data end without their check$", error.Message);
            Assert.All(lines, line => Assert.EndsWith(".25", line));
        }
    }

    [Fact]
    public void A_damaged_gzip_file_fails_with_its_name_and_place()
    {
        using var rig = new SourceRig(s_press[..1]);
        var packed = SourceRig.Gzip("ts,temp\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},{i * 7919 % 10007}.25\n")));
        packed[^6] ^= 1;
        rig.Write("a.csv.gz", packed);
        var source = rig.Build(new FileSourceOptions { Path = ["a.csv.gz"] });
        SourceRig.Open(source);

        var error = Assert.Throws<IOException>(() =>
        {
            while (rig.Read(source, [], int.MaxValue))
            {
            }
        });

        Assert.StartsWith($"{rig.Folder}/a.csv.gz is damaged near byte {packed.Length}: ", error.Message);
    }

    [Fact]
    public void A_gzip_file_of_several_members_is_one_file()
    {
        using var rig = new SourceRig(s_press[..1]);
        var members = Enumerable.Range(0, 50).Select(i => SourceRig.Gzip(i == 0 ? "ts,temp\n" : $"{i},{i}\n")).ToList();
        rig.Write("a.csv.gz", [.. members.SelectMany(m => m)]);

        Assert.Equal(49, rig.Read(new FileSourceOptions { Path = ["a.csv.gz"] }).Lines.Count);

        rig.Write("a.csv.gz", [.. members.SelectMany(m => m).SkipLast(9)]);
        Assert.Equal(["a file cannot be read: FOLDER/a.csv.gz breaks off: after 284 bytes, unpacked, its gzip data end without their check; check it, and the right to read it"],
            rig.Faults(new FileSourceOptions { Path = ["a.csv.gz"] }));
    }

    static ReadOnlyMemory<byte> Position(SourceRig rig, FileSourceOptions options)
    {
        var source = rig.Build(options);
        SourceRig.Open(source);
        Assert.True(rig.Read(source, [], 1));
        var state = new StateWriter();
        source.Save(state);
        source.DisposeAsync().AsTask().Wait();
        return state.Written;
    }
}
