namespace StreamEdge;

public class FaultTests
{
    [Fact]
    public void A_fault_is_one_line()
    {
        Assert.Equal("press.yaml:14:9: clamp has no option 'maximum'; did you mean 'max'?",
            new Fault("press.yaml", new(14, 9), "clamp has no option 'maximum'", "did you mean 'max'?").ToString());
        Assert.Equal("press.yaml:1:1: the file is empty", new Fault("press.yaml", Position.Start, "the file is empty", null).ToString());
    }

    [Fact]
    public void A_picture_shows_the_line_with_a_caret() =>
        Assert.Equal("2 |   maximum: 5\n  |   ^", new Fault("press.yaml", new(2, 3), "", null).Picture("clamp:\n  maximum: 5\nx: 1\n"));

    [Fact]
    public void A_picture_shows_hidden_characters_and_keeps_the_caret_below_its_character() =>
        Assert.Equal("1 | name: safe\\u202Egnp.exe\n  |                 ^", new Fault("press.yaml", new(1, 12), "", null).Picture("name: safe\u202Egnp.exe"));

    [Fact]
    public void A_picture_of_a_long_line_shows_the_part_around_the_place()
    {
        var picture = new Fault("press.yaml", new(1, 5001), "", null).Picture(new string('a', 5000) + "b" + new string('c', 5000));

        Assert.Equal($"1 | {new string('a', 40)}b{new string('c', 39)}\n  | {new string(' ', 40)}^", picture);
    }

    [Fact]
    public void A_line_of_eighty_columns_is_shown_whole_wherever_the_place_is()
    {
        var line = new string('a', 80);

        Assert.All([1, 41, 80], column => Assert.StartsWith($"1 | {line}\n", new Fault("press.yaml", new(1, column), "", null).Picture(line)));
    }

    [Fact]
    public void A_picture_writes_a_tab_as_a_code_of_two_letters_and_keeps_the_caret_below_it() =>
        Assert.Equal("1 | \\t \\ta: 1\n  |    ^", new Fault("press.yaml", new(1, 3), "", null).Picture("\t \ta: 1"));

    [Fact]
    public void A_picture_of_binary_text_is_no_wider_than_others()
    {
        var picture = new Fault("press.yaml", new(1, 51), "", null).Picture(new string('\u0001', 50) + "x" + new string('\u0002', 50)).Split('\n');

        Assert.Equal($"1 | {string.Concat(Enumerable.Repeat("\\u0001", 7))}x{string.Concat(Enumerable.Repeat("\\u0002", 6))}", picture[0]);
        Assert.Equal($"  | {new string(' ', 42)}^", picture[1]);
    }

    [Fact]
    public void A_picture_keeps_a_letter_of_two_halves_whole() =>
        Assert.Equal("1 | a🌡b\n  |    ^", new Fault("press.yaml", new(1, 4), "", null).Picture("a🌡b"));

    [Fact]
    public void A_place_outside_the_file_has_no_picture_or_one_at_the_end_of_the_line()
    {
        Assert.Equal("", new Fault("press.yaml", new(9, 1), "", null).Picture("a: 1"));
        Assert.Equal("1 | a: 1\n  |     ^", new Fault("press.yaml", new(1, 99), "", null).Picture("a: 1"));
    }

    [Fact]
    public void What_cannot_be_seen_is_written_as_its_code()
    {
        var fault = new Fault("a\u0007.yaml", Position.Start, "no option 'sink\u200B'", "write 'a\u00A0b'");

        Assert.Equal("a\\u0007.yaml:1:1: no option 'sink\\u200B'; write 'a\\u00A0b'", fault.ToString());
    }

    [Fact]
    public void Visible_text_in_any_script_stays_as_it_is() => Assert.Equal("Öldruck 圧力 °C 🌡", Visible.Text("Öldruck 圧力 °C 🌡"));

    [Fact]
    public void A_long_text_is_quoted_by_its_ends() =>
        Assert.Equal($"'{new string('a', 30)}...{new string('b', 30)}'", Visible.Quote(new string('a', 500) + new string('b', 500)));

    [Fact]
    public void Faults_stand_in_the_order_of_the_file_each_once()
    {
        var faults = new Faults("press.yaml");

        faults.Add(new(10, 1), "third");
        faults.Add(new(2, 5), "second");
        faults.Add(new(2, 3), "first");
        faults.Add(new(2, 5), "second");

        Assert.Equal(["first", "second", "third"], faults.Items.Select(fault => fault.What));
    }

    [Fact]
    public void Faults_beyond_the_limit_are_counted()
    {
        var faults = new Faults("press.yaml", limit: 2);
        for (var line = 1; line <= 5; line++) faults.Add(new(line, 1), "wrong");

        var exception = Assert.Throws<PipelineException>(faults.ThrowIfAny);

        Assert.Equal("press.yaml:1:1: wrong\npress.yaml:2:1: wrong\n... and 3 more", exception.Message);
        Assert.Equal((5, 3), (faults.Count, exception.Omitted));
    }
}
