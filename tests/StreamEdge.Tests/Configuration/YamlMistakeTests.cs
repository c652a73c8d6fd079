namespace StreamEdge;

/// <summary>What a user with a slip of the keyboard is told.</summary>
public class YamlMistakeTests
{
    [Theory]
    [InlineData("{ when: clamp(x, 0, 1) > 2 }", "1:9: 'when' is cut at the comma inside its brackets; write when: \"clamp(x, 0, 1) > 2\"")]
    [InlineData("{ when: f(x, \"a\") > 2 }", "1:9: 'when' is cut at the comma inside its brackets; write when: 'f(x, \"a\") > 2'")]
    [InlineData("a: { when: min(a, b) > max(c, d), for: 2 rows }", "1:12: 'when' is cut at the comma inside its brackets; write when: \"min(a, b) > max(c, d)\"")]
    [InlineData("a: [clamp(x, 0, 1), y]", "1:5: 'clamp(x, 0, 1)' is cut at the comma inside its brackets; write \"clamp(x, 0, 1)\"")]
    [InlineData("a: { when: x in [1, 2], b: 1 }", "1:17: '[' stands in a text inside brackets; write \"x in [1, 2]\"")]
    [InlineData("a: { topic: plant/{line}/x }", "1:19: '{' stands in a text inside brackets; write \"plant/{line}/x\"")]
    public void Shows_the_quoted_form_of_an_expression_in_brackets(string text, string expected) => Told(text, expected);

    [Theory]
    [InlineData("keep: !x", "1:7: '!' begins a YAML tag; write 'not x'")]
    [InlineData("keep: !(a && b)", "1:7: '!' begins a YAML tag; write 'not (a && b)'")]
    [InlineData("keep: !isnan(x) and y", "1:7: '!' begins a YAML tag; write 'not isnan(x) and y'")]
    [InlineData("token: !secret influx", "1:8: the tag '!secret' is refused; delete it: the option decides how its value is read")]
    [InlineData("a: !!str 5", "1:4: the tag '!!str' is refused; delete it: the option decides how its value is read")]
    [InlineData("a: !map { b: 1 }", "1:4: the tag '!map' is refused; delete it: the option decides how its value is read")]
    [InlineData("<<: { a: 1 }", "1:1: the merge key '<<' is refused; write its keys out here")]
    public void Refuses_tags_and_merge_keys_and_says_what_to_write(string text, string expected) => Told(text, expected);

    [Theory]
    [InlineData("keep: \"good\" == quality", "1:14: text follows the closing quote; put all of it in quotes: keep: '\"good\" == quality'")]
    [InlineData("topic: {line}/x", "1:14: text follows the closing bracket; put all of it in quotes: topic: \"{line}/x\"")]
    [InlineData("keep: a ? b : c", "1:13: a second ': ' stands in this value; write keep: \"a ? b : c\"")]
    [InlineData("when: > 0.98", "1:7: '>' begins a block of text; put the value in quotes")]
    [InlineData("a: %x", "1:4: a value cannot begin with '%'; put it in quotes")]
    [InlineData("a: @x", "1:4: a value cannot begin with '@'; put it in quotes")]
    [InlineData("a: \"C:\\data\"", "1:4: a backslash in double quotes begins a code that YAML does not know; use single quotes")]
    [InlineData("a: 'it's'", "1:8: text follows the closing quote; put all of it in quotes: a: \"'it's'\"")]
    [InlineData("a: \"b\nc: 1", "1:4: the quote that opens here is never closed; close it, and indent its further lines")]
    [InlineData("a: [1, 2\nb: 3", "1:4: '[' is never closed; add ']'")]
    [InlineData("a: { b: 1\nc: 3", "1:4: '{' is never closed; add '}'")]
    [InlineData("a: {b: c}}", "1:10: '}' closes nothing; delete it, or put the whole text in quotes")]
    [InlineData("a: ]", "1:4: a value is missing before ']'; write a value, or put the character in quotes")]
    [InlineData("a: {b:1}", "1:5: 'b:1' has no space after ':'; write 'b: 1'")]
    [InlineData("pipeline:press\nsteps: 1", "1:1: 'pipeline:press' has no space after ':'; write 'pipeline: press'")]
    [InlineData("a:\u00A0b\nc: d", "1:1: 'a:\\u00A0b' has no space after ':'; write 'a: b'")]
    public void Explains_a_value_that_needs_quotes_or_a_bracket(string text, string expected) => Told(text, expected);

    [Theory]
    [InlineData("a:\n\tb: 1", "2:1: a tab indents this line; indent with spaces")]
    [InlineData("a: {\n  \tb: 1}", "2:3: a tab indents this line; indent with spaces")]
    [InlineData("a: b\n\tc: d", "2:1: a tab indents this line; indent with spaces")]
    [InlineData("a:\n  b: 1\n c: 2", "3:2: this key is indented neither like the keys above it nor like the values below them; align it with the key it stands beside")]
    [InlineData("a: 1\n  b: 2", "2:4: this line is indented below a line that has a value already; indent it like that line, or take the value away")]
    [InlineData("a: 1\n- b", "2:1: a list entry stands among keys; indent the list below its key")]
    [InlineData("a:\n  - b\n  c: 1", "3:3: this line stands among list entries and is none; begin it with '- ', or change its indentation")]
    [InlineData("a:\n  - b\n   - c", "3:4: this '-' continues the text of the line above; align it with the '-' of the list")]
    [InlineData("a: - b", "1:4: '-' begins a list in the middle of a line; begin the list on the next line")]
    [InlineData("a: b\nc", "2:1: this line has no ':'; write 'key: value'")]
    [InlineData(": b", "1:1: a key is missing before ':'; write 'key: value'")]
    [InlineData("? [a]\n: b", "1:3: a list cannot be a key; a key is one word")]
    public void Explains_an_indentation_that_does_not_fit(string text, string expected) => Told(text, expected);

    [Theory]
    [InlineData("", "1:1: the file is empty; begin it with 'pipeline: NAME'")]
    [InlineData("# nothing\n", "1:1: the file is empty; begin it with 'pipeline: NAME'")]
    [InlineData("---\n", "1:1: the file is empty; begin it with 'pipeline: NAME'")]
    [InlineData("- a\n- b", "1:1: the file is a list, not keys with values; begin it with 'pipeline: NAME'")]
    [InlineData("press", "1:1: the file is a text, not keys with values; begin it with 'pipeline: NAME'")]
    [InlineData("a: 1\n...\nb: 2", "3:1: a second document begins here; put it into a file of its own")]
    [InlineData("a: \u0007b", "1:4: the character U+0007 cannot stand in a pipeline file; delete it")]
    [InlineData("a: b\u2028c", "1:5: the character U+2028 cannot stand in a pipeline file; delete it")]
    public void Refuses_what_is_no_pipeline_file(string text, string expected) => Told(text, expected);

    static void Told(string text, string expected) => Assert.Equal($"press.yaml:{expected}", Yaml.FaultsOf(text));
}
