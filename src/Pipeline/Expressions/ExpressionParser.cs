namespace StreamEdge;

/// <summary>
/// Reads an expression. What binds tighter is read first: <c>not</c>, sign; <c>* / %</c>; <c>+ -</c>; <c>??</c>;
/// comparisons and <c>in</c>; <c>and</c>; <c>or</c>. Bounded: by length, depth and number of parts.
/// </summary>
sealed class ExpressionParser
{
    /// <summary>Most characters of an expression.</summary>
    public const int MaxLength = 4096;

    const int MaxDepth = 50, MaxParts = 500;
    static readonly string[] s_words = ["and", "or", "not", "in", "true", "false"];
    static readonly string[] s_comparisons = ["==", "!=", "<", "<=", ">", ">="];

    readonly string _text;
    readonly List<Token> _tokens;
    int _next, _depth, _parts;

    ExpressionParser(string text)
    {
        _text = text;
        _tokens = ExpressionLexer.Read(text);
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="SyntaxException">It is none.</exception>
    public static Syntax Read(string text)
    {
        if (text.Length > MaxLength) throw new SyntaxException(new($"the expression has {text.Length:N0} characters, more than {MaxLength:N0}", "split it with derive"));
        var parser = new ExpressionParser(text);
        if (parser.Next.Kind == TokenKind.End) throw new SyntaxException(new("there is no expression", "write one, such as temp > 80"));
        var syntax = parser.Or();
        return parser.Next.Kind == TokenKind.End ? syntax : throw new SyntaxException(parser.Stray());
    }

    Token Next => _tokens[_next];

    Syntax Or() => Chain(And, "or");

    Syntax And() => Chain(Not, "and");

    Syntax Chain(Func<Syntax> part, string word)
    {
        var left = part();
        while (Takes(TokenKind.Name, word) is { } sign) left = Part(new BinarySyntax(sign.At, word, left, part()));
        return left;
    }

    Syntax Not()
    {
        if (Takes(TokenKind.Name, "not") is not { } sign) return Compared();
        return Deeper(() => Part(new UnarySyntax(sign.At, "not", Not())));
    }

    Syntax Compared()
    {
        var left = Alternative();
        if (Next.Kind == TokenKind.Name && Next.Text == "in") return In(left);
        if (Next.Kind != TokenKind.Sign || !s_comparisons.Contains(Next.Text)) return left;
        var sign = Take();
        var compared = Part(new BinarySyntax(sign.At, sign.Text, left, Alternative()));
        if (Next.Kind == TokenKind.Sign && s_comparisons.Contains(Next.Text))
            throw new SyntaxException(new("one comparison cannot follow another", "write both with 'and' between: x > 1 and x < 5", Next.At));
        return compared;
    }

    InSyntax In(Syntax left)
    {
        var sign = Take();
        Expect("(", "write the choices in brackets: in (\"run\", \"idle\")");
        return Part(new InSyntax(sign.At, left, Listed(sign.At)));
    }

    Syntax Alternative() => Signed(Sum, "??");

    Syntax Sum() => Signed(Product, "+", "-");

    Syntax Product() => Signed(Negated, "*", "/", "%");

    Syntax Signed(Func<Syntax> part, params ReadOnlySpan<string> signs)
    {
        var left = part();
        while (Next.Kind == TokenKind.Sign && signs.Contains(Next.Text))
        {
            var sign = Take();
            left = Part(new BinarySyntax(sign.At, sign.Text, left, part()));
        }

        return left;
    }

    Syntax Negated()
    {
        if (Takes(TokenKind.Sign, "-") is not { } sign) return Primary();
        return Deeper(Negated) is var of && of is NumberSyntax number
            ? number with { At = sign.At, Value = -number.Value }
            : Part(new UnarySyntax(sign.At, "-", of));
    }

    Syntax Primary()
    {
        var token = Next;
        switch (token.Kind)
        {
            case TokenKind.Number:
                _next++;
                return Part(new NumberSyntax(token.At, token.Value, UnitBehind(token)));
            case TokenKind.Text:
                _next++;
                return Part(new TextSyntax(token.At, token.Text));
            case TokenKind.Name when token.Text is "true" or "false" && !IsQuoted(token):
                _next++;
                return Part(new TruthSyntax(token.At, token.Text == "true"));
            case TokenKind.Name when !s_words.Contains(token.Text) || IsQuoted(token):
                _next++;
                return Next is { Kind: TokenKind.Sign, Text: "(" } && !IsQuoted(token) ? Call(token) : Part(new NameSyntax(token.At, token.Text));
            case TokenKind.Sign when token.Text == "(":
                _next++;
                return Deeper(() =>
                {
                    var inside = Or();
                    Expect(")", "close the bracket", opened: token.At);
                    return inside;
                });
            default:
                throw new SyntaxException(Missing());
        }
    }

    CallSyntax Call(Token name)
    {
        Take();
        return Part(new CallSyntax(name.At, name.Text, Listed(name.At)));
    }

    /// <summary>What stands between brackets, the opening one of which is taken.</summary>
    List<Syntax> Listed(int opened) => Deeper(() =>
    {
        var items = new List<Syntax>();
        if (Takes(TokenKind.Sign, ")") is not null) return items;
        do items.Add(Or());
        while (Takes(TokenKind.Sign, ",") is not null);
        Expect(")", "close the bracket", opened);
        return items;
    });

    /// <summary>The unit behind a number: up to a space, a bracket or a sign that no unit has; "80 %" and "5 m/s" belong together.</summary>
    string? UnitBehind(Token number)
    {
        var end = number.At + number.Text.Length;
        var from = end;
        while (from < _text.Length && _text[from] == ' ') from++;
        if (from == _text.Length) return null;
        if (_text[from] == '%')
        {
            // "x % 5" divides, "80%" and "80 %" are shares: a share is followed by nothing that could be divided by.
            var behind = _tokens.Find(t => t.At > from);
            if (behind.Kind is TokenKind.Number or TokenKind.Name or TokenKind.Text && !(behind.Kind == TokenKind.Name && s_words.Contains(behind.Text)) || behind is { Kind: TokenKind.Sign, Text: "(" or "-" } && from > end) return null;
            _next++;
            return "%";
        }

        // "5 in" are inches, but "5 in (1, 5)" is a question.
        var isInch = Next.Text == "in" && _tokens[_next + 1] is not { Kind: TokenKind.Sign, Text: "(" };
        if (Next.Kind != TokenKind.Name || (IsWord(Next.Text) && !isInch) || Next.At != from || IsQuoted(Next)) return null;
        var last = from;
        while (last < _text.Length && (char.IsLetterOrDigit(_text[last]) || "/_.°℃℉‰²³".Contains(_text[last]))) last++;
        // The longest text that is a unit; "5 m/x" is 5 m, divided by x.
        for (var until = last; until > from; until--)
        {
            if (!Unit.TryParse(_text[from..until], out _) || (until < _text.Length && char.IsLetterOrDigit(_text[until]) && char.IsLetterOrDigit(_text[until - 1]))) continue;
            while (Next.At < until && Next.Kind != TokenKind.End) _next++;
            return _text[from..until];
        }

        throw new SyntaxException(Units.Misread(Next.Text) with { Offset = Next.At });
    }

    static bool IsWord(string text) => s_words.Contains(text, StringComparer.OrdinalIgnoreCase);

    bool IsQuoted(Token token) => _text[token.At] == '`';

    T Deeper<T>(Func<T> read)
    {
        if (++_depth > MaxDepth) throw new SyntaxException(new($"the expression is nested deeper than {MaxDepth}", "split it with derive", Next.At));
        var inside = read();
        _depth--;
        return inside;
    }

    T Part<T>(T syntax) where T : Syntax => ++_parts <= MaxParts
        ? syntax
        : throw new SyntaxException(new($"the expression has more than {MaxParts} parts", "split it with derive", syntax.At));

    Token Take() => _tokens[_next++];

    Token? Takes(TokenKind kind, string text) => Next.Kind == kind && Next.Text == text && (kind != TokenKind.Name || !IsQuoted(Next)) ? Take() : null;

    void Expect(string sign, string remedy, int opened = -1)
    {
        if (Takes(TokenKind.Sign, sign) is not null) return;
        if (Next.Kind == TokenKind.End && opened >= 0) throw new SyntaxException(new("the bracket is not closed", "write ')' where it ends", opened));
        throw new SyntaxException(opened >= 0 ? Stray() : new Wrong($"'{sign}' is missing", remedy, Next.At));
    }

    Wrong Missing() => Next.Kind switch
    {
        TokenKind.End => new("the expression ends where a value is expected", "write a name, a number or a text in double quotes", Math.Max(0, _text.TrimEnd().Length - 1)),
        TokenKind.Name => new($"'{Next.Text}' stands where a value is expected", Next.Text == "in" ? "write it like state in (\"run\", \"idle\")" : "write a name, a number or a text in double quotes", Next.At),
        _ => new($"'{Next.Text}' stands where a value is expected", "write a name, a number or a text in double quotes", Next.At),
    };

    Wrong Stray() => Next.Kind switch
    {
        TokenKind.Sign when Next.Text == ")" => new("')' closes no bracket", "take it out, or write '(' where it begins", Next.At),
        TokenKind.Sign when Next.Text == "," => new("a comma stands outside of brackets", "numbers have a decimal point: 0.5", Next.At),
        TokenKind.Text => new($"the text {Visible.Quote(Next.Text)} follows a value", "write a comparison between: label == \"Power\"", Next.At),
        _ when s_words.FirstOrDefault(w => w.Equals(Next.Text, StringComparison.OrdinalIgnoreCase)) is { } word => new($"{Visible.Quote(Next.Text)} has no meaning here", $"write '{word}' in small letters", Next.At),
        _ => new($"{Visible.Quote(Next.Text)} follows a value", "write a sign between, such as and, or, +, ==; a name of several words stands in backticks", Next.At),
    };
}
