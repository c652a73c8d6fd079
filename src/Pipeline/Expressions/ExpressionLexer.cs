namespace StreamEdge;

/// <summary>What a piece of an expression's text is.</summary>
enum TokenKind
{
    Number,
    Text,
    Name,
    Sign,
    End,
}

/// <summary>A piece of an expression's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="At">Index of its first character.</param>
/// <param name="Text">Its text; that of a quoted one without its quotes.</param>
/// <param name="Value">The number.</param>
readonly record struct Token(TokenKind Kind, int At, string Text, double Value = 0);

/// <summary>Takes an expression's text apart.</summary>
static class ExpressionLexer
{
    static readonly string[] s_signs = ["==", "!=", "<=", ">=", "??", "<", ">", "+", "-", "*", "/", "%", "(", ")", ","];

    // What other languages write, with our way to say it.
    static readonly (string Sign, string? Remedy)[] s_foreign =
    [
        ("=>", "write '>='"), ("=<", "write '<='"), ("&&", "write 'and'"), ("||", "write 'or'"), ("<>", "write '!='"), ("**", "write pow(x, 2)"), ("^", "write pow(x, 2)"),
        ("!", "write 'not'"), ("&", "write 'and'"), ("|", "write 'or'"), ("=", "write '=='"), ("?", "write if(condition, x, y)"),
        ("[", "write a list in round brackets: in (\"a\", \"b\")"), ("{", null), (";", null),
    ];

    public static List<Token> Read(string text)
    {
        var tokens = new List<Token>();
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at])) at++;
            else
            {
                var token = Next(text, at, out at);
                tokens.Add(token);
            }
        }

        tokens.Add(new(TokenKind.End, text.Length, ""));
        return tokens;
    }

    static Token Next(string text, int at, out int end)
    {
        var first = text[at];
        if (char.IsAsciiDigit(first) || (first == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))) return NumberAt(text, at, out end);
        if (IsNameStart(first))
        {
            for (end = at + 1; end < text.Length && IsNamePart(text, end);) end++;
            return new(TokenKind.Name, at, text[at..end]);
        }

        if (first is '"' or '`' or '\'') return Quoted(text, at, out end);
        foreach (var (foreign, remedy) in s_foreign)
            if (StartsWith(foreign) && !StartsWith("!=") && !StartsWith("==") && !StartsWith("??"))
                throw new SyntaxException(new($"{Visible.Quote(foreign)} has no meaning here", remedy, at));
        foreach (var sign in s_signs)
        {
            if (!StartsWith(sign)) continue;
            end = at + sign.Length;
            return new(TokenKind.Sign, at, sign);
        }

        throw new SyntaxException(new($"{Visible.Quote(first.ToString())} has no meaning here", "names with such letters stand in backticks: `flow rate`", at));

        bool StartsWith(string sign) => string.CompareOrdinal(text, at, sign, 0, sign.Length) == 0;
    }

    static Token NumberAt(string text, int at, out int end)
    {
        end = at;
        Digits(ref end);
        if (end < text.Length && text[end] == '.')
        {
            end++;
            Digits(ref end);
        }

        // "1e3" is a number, "1 e" a number with a unit.
        var power = end + 1;
        if (end < text.Length && text[end] is 'e' or 'E')
        {
            if (power < text.Length && text[power] is '+' or '-') power++;
            if (power < text.Length && char.IsAsciiDigit(text[power]))
            {
                end = power;
                Digits(ref end);
            }
        }

        var number = text[at..end];
        if (!StreamEdge.Number.TryParse(number, out double value, out var wrong)) throw new SyntaxException(wrong with { Offset = at });
        return new(TokenKind.Number, at, number, value);

        void Digits(ref int from)
        {
            while (from < text.Length && (char.IsAsciiDigit(text[from]) || (text[from] == '_' && from + 1 < text.Length && char.IsAsciiDigit(text[from + 1])))) from++;
        }
    }

    static Token Quoted(string text, int at, out int end)
    {
        var quote = text[at];
        end = text.IndexOf(quote, at + 1) + 1;
        if (quote == '\'') throw new SyntaxException(new("a text stands in double quotes, not in single ones", end > 0 ? $"write \"{Visible.Text(text[(at + 1)..(end - 1)])}\"" : "write \"TEXT\"", at));
        if (end == 0) throw new SyntaxException(new($"the {(quote == '"' ? "text" : "name")} has no end", $"close it with {quote}", at));
        var inside = text[(at + 1)..(end - 1)];
        return new(quote == '"' ? TokenKind.Text : TokenKind.Name, at, inside);
    }

    // Units have letters that names have not: °C, m³/h.
    static bool IsNameStart(char letter) => char.IsLetter(letter) || letter is '_' or '°' or '℃' or '℉' or '‰';

    // A point inside belongs to the name, as in contribution_press.temp; one at the end does not.
    static bool IsNamePart(string text, int at) =>
        char.IsLetterOrDigit(text[at]) || text[at] is '_' or '²' or '³' || (text[at] == '.' && at + 1 < text.Length && IsNameStart(text[at + 1]));
}
