namespace StreamEdge;

public class YamlReaderTests
{
    [Fact]
    public void Every_node_knows_its_place_and_the_order_of_the_file_is_kept()
    {
        var root = Yaml.Read("""
            pipeline: press
            steps:
              - window: { every: 1m, by: [line, machine] }
            """);

        var step = Assert.IsType<MapNode>(Assert.IsType<ListNode>(root["steps"]).Items.Single());
        var window = Assert.IsType<MapNode>(step["window"]);
        Assert.Equal(["pipeline", "steps"], root.Entries.Select(entry => entry.Key.Text));
        Assert.Equal(new(3, 5), step.At);
        Assert.Equal(new(3, 13), window.At);
        Assert.Equal(new(3, 15), window.Entries[0].Key.At);
        Assert.Equal(new(3, 22), window["every"]!.At);
        Assert.Equal(new(3, 37), Assert.IsType<ListNode>(window["by"]).Items[1].At);
        Assert.True(window.Flow);
        Assert.False(root.Flow);
    }

    [Fact]
    public void Scalars_stay_text_until_an_option_reads_them()
    {
        var root = Yaml.Read("""
            no: no
            time: 12:30:45
            machine: 007
            big: 1_000
            quoted: '~'
            empty:
            tilde: ~
            """);

        Assert.Equal(["no", "12:30:45", "007", "1_000", "~", "", "~"], root.Entries.Select(entry => entry.Value.Text()));
        Assert.Equal([false, false, false, false, false, true, true], root.Entries.Select(entry => ((ScalarNode)entry.Value).IsNull));
    }

    [Fact]
    public void A_place_inside_a_text_is_counted_from_its_quote()
    {
        var root = Yaml.Read("plain: a > b\nquoted: \"a > b\"\n");

        Assert.Equal(new(1, 10), ((ScalarNode)root["plain"]!).PositionOf(2));
        Assert.Equal(new(2, 12), ((ScalarNode)root["quoted"]!).PositionOf(2));
    }

    [Fact]
    public void Braces_in_the_middle_of_a_text_need_no_quotes() =>
        Assert.Equal("plant/{line}/{machine}", Yaml.Read("topic: plant/{line}/{machine}   # tags\n")["topic"].Text());

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_are_accepted() =>
        Assert.Equal("2", Yaml.Read("\uFEFFa: 1\r\nb: 2\r\n")["b"].Text());

    [Fact]
    public void A_block_of_text_keeps_its_lines_and_tabs() =>
        Assert.Equal("ts\tv\n1\t2\n", Yaml.Read("payload: |\n  ts\tv\n  1\t2\n")["payload"].Text());

    [Fact]
    public void Tells_all_mistakes_of_form_at_once_and_goes_on_reading()
    {
        var faults = new Faults(Yaml.File);

        var root = YamlReader.Read("a: &x 1\nb: *x\na: 2\nkeep: !done\nc: 3\n"u8.ToArray(), faults);

        Assert.Equal("""
            press.yaml:1:4: the anchor '&x' is refused; write the value out where it is needed
            press.yaml:2:4: the alias '*x' is refused; write the value out again
            press.yaml:3:1: 'a' is written twice, first at 1:1; keep one of them
            press.yaml:4:7: '!' begins a YAML tag; write 'not done'
            """, string.Join('\n', faults.Items));
        Assert.Equal(["a=1", "b=", "keep=not done", "c=3"], root!.Entries.Select(entry => $"{entry.Key.Text}={entry.Value.Text()}"));
        Assert.True(root["b"]!.Refused);
    }

    [Fact]
    public void A_file_at_the_limits_is_read()
    {
        var keys = string.Concat(Enumerable.Range(0, YamlReader.MaxNodes / 2 - 1).Select(key => $"k{key}: {key}\n"));
        var deep = new string('[', YamlReader.MaxDepth - 1) + new string(']', YamlReader.MaxDepth - 1);

        Assert.Equal(9_999, Yaml.Read(keys).Entries.Count);
        Assert.Single(Yaml.Read($"a: {deep}\n").Entries);
        Assert.Single(Yaml.Read($"a: {new string('x', YamlReader.MaxScalar)}\n").Entries);
    }

    [Fact]
    public void A_file_beyond_the_limits_is_refused()
    {
        var keys = string.Concat(Enumerable.Range(0, YamlReader.MaxNodes / 2).Select(key => $"k{key}: {key}\n"));

        Assert.Equal("press.yaml:10000:8: the file has more than 20,000 keys and values; split it into several pipelines", Yaml.FaultsOf(keys));
        Assert.Equal("press.yaml:1:35: lists and maps are nested deeper than 32; look for a bracket or an indentation too many", Yaml.FaultsOf($"a: {new string('[', 40)}\n"));
        Assert.Equal("press.yaml:1:4: this text has 65,537 characters, more than 65,536; put it into a file of its own", Yaml.FaultsOf($"a: {new string('x', YamlReader.MaxScalar + 1)}\n"));
        Assert.Equal("press.yaml:1:1: the file is larger than 1 MiB; split it into several pipelines", Yaml.FaultsOf(new byte[YamlReader.MaxBytes + 1]));
    }
}
