namespace StreamEdge;

/// <summary>Gives an expression's names their meaning, checks kinds and units, and makes the loops that compute it. Reports every fault; null after one.</summary>
sealed class ExpressionBinder(Schema schema, List<Wrong> wrongs)
{
    static readonly string[] s_qualities = ["good", "uncertain", "bad"];
    static readonly string[] s_nothings = ["null", "none", "nil", "nan", "undefined"];

    public Part? Bind(Syntax syntax)
    {
        var part = syntax switch
        {
            NumberSyntax number => new Constant(new(Kind.Number, number.Unit is { } unit && Unit.TryParse(unit, out var known) ? known : null), number.Value),
            TextSyntax text => new Constant(ExpressionType.Text, schema.Codes.Code(text.Text)),
            TruthSyntax truth => new Constant(ExpressionType.Truth, truth.Value ? 1 : 0),
            NameSyntax name => Name(name),
            UnarySyntax unary => Unary(unary),
            BinarySyntax binary => Binary(binary),
            InSyntax choice => In(choice),
            CallSyntax call => Functions.Bind(this, call),
            _ => throw new InvalidOperationException($"{syntax.GetType().Name} has no meaning"),
        };
        return part is { IsConstant: false } && part.Parts.Any() && part is not Memory && part.Parts.All(p => p.IsConstant) ? Fold(part) : part;
    }

    public CodeTable Codes => schema.Codes;

    /// <summary>Reports a fault; what could not be bound is null.</summary>
    public Part? Fault(int at, string what, string? remedy = null)
    {
        wrongs.Add(new(what, remedy, at));
        return null;
    }

    /// <summary>The part, where it is of that kind; a fault otherwise.</summary>
    public Part? Want(Kind kind, Part? part, Syntax syntax, string who)
    {
        if (part is null || part.Type.Kind == kind) return part;
        return Fault(syntax.At, $"{who} wants {new ExpressionType(kind).Noun}, but {Named(syntax)} is {part.Type.Noun}",
            kind == Kind.Bool ? "write a comparison, such as x > 0" : null);
    }

    /// <summary>The part in the unit of another value that it is added to or compared with; null after a fault.</summary>
    /// <param name="part">The part.</param>
    /// <param name="wanted">The other's type.</param>
    /// <param name="at">Where a fault stands.</param>
    /// <param name="doing">What is done with both: <c>compared</c>.</param>
    /// <param name="other">The other, where it is known: only the unit of a column can be declared.</param>
    public Part? InUnitOf(Part part, ExpressionType wanted, int at, string doing, Syntax? other = null)
    {
        var (from, to) = (part.Type.Unit, wanted.Unit);
        if (from is null || from == to && part.Type.IsDifference == wanted.IsDifference) return part;
        if (to is null)
        {
            // 80% of something without a unit is 0.8 of it.
            if (from.Dimension == "ratio" && part.IsConstant) return Scaled(part, Unit.Conversion(from, One).Scale, 0, ExpressionType.Number);
            return part.IsConstant ? Fault(at, $"a number in {from} cannot be {doing} with one without a unit", other is null or NameSyntax ? "declare the unit under 'signals:', or write the number alone" : "write the number alone") : part;
        }

        if (!Unit.CanConvert(from, to)) return Fault(at, $"{from} ({from.Dimension}) cannot be {doing} with {to} ({to.Dimension})", "compare and add like with like");
        var (scale, offset) = Unit.Conversion(from, to);
        if (wanted.IsDifference && !part.Type.IsDifference && from.HasOffset && !part.IsConstant)
            return Fault(at, $"a value in {from} cannot be {doing} with a difference of such values", "take a difference on both sides");
        if (part.Type.IsDifference && !wanted.IsDifference && to.HasOffset) return Fault(at, $"a difference cannot be {doing} with a value in {to}", "take a difference on both sides");
        return Scaled(part, scale, wanted.IsDifference ? 0 : offset, wanted);
    }

    /// <summary>A part with a factor and an offset; a constant at once.</summary>
    public static Part Scaled(Part part, double scale, double offset, ExpressionType type) =>
        part is Constant constant ? new Constant(type, (constant.Value * scale) + offset) : new Converted(type, part, scale, offset);

    /// <summary>How a message calls a part: a name by itself.</summary>
    public static string Named(Syntax syntax) => syntax is NameSyntax name ? Visible.Quote(name.Name) : "this";

    /// <summary>How a message calls a side of a comparison: a name with what it is.</summary>
    static string Described(Syntax syntax, Part part) => syntax is NameSyntax name ? $"{Visible.Quote(name.Name)} ({part.Type.Noun})" : part.Type.Noun;

    static Unit One => Unit.TryParse("1", out var one) ? one : throw new InvalidOperationException("the table has no unit 1");

    Part? Name(NameSyntax syntax)
    {
        var (name, keys) = (syntax.Name, schema.Keys);
        if (schema.IsRows && schema.ColumnNumber(name) is >= 0 and var column) return Column(column);
        if (!schema.IsRows && name == "value") return Value();
        if (!schema.IsRows && name == "signal") return new KeyText(key => schema.Signals[keys.SignalOf[key]].Name, schema.Codes);
        if (keys.TagNames.ToList().IndexOf(name) is >= 0 and var tag) return new KeyText(key => keys.Tags(schema.IsRows ? key : keys.DeviceOf[key])[tag], schema.Codes);
        if (name == "quality") return new QualityWord(ExpressionType.Text with { Words = s_qualities }, [.. s_qualities.Select(q => (double)schema.Codes.Code(q))]);
        if (!schema.IsRows && schema.SignalNumber(name) >= 0)
            return Fault(syntax.At, $"{Visible.Quote(name)} is a signal, but readings come one by one", $"write: signal != \"{name}\" or value > 0; or put it behind a window or align");
        if (s_nothings.Contains(name, StringComparer.OrdinalIgnoreCase)) return Fault(syntax.At, $"there is no {Visible.Quote(name)} here", "write missing(x), which is true where x has no value, or x ?? 0 for another in its place");
        IEnumerable<string> known = [.. schema.IsRows ? schema.Columns.Select(c => c.Name) : ["value", "signal"], .. keys.TagNames, "quality"];
        return Fault(syntax.At, $"there is no {(schema.IsRows ? "column" : "name")} {Visible.Quote(name)}", Functions.Names.Contains(name) ? $"a function has brackets: {name}(x)" : Suggestion.Remedy(name, known, schema.IsRows ? "the columns are" : "there are"));
    }

    /// <summary>Tells a word that is compared with a text and is no name: it lacks its quotes. False where it is none.</summary>
    bool LacksQuotes(Syntax text, Syntax word)
    {
        if (word is not NameSyntax { Name: var name } || !IsText(text) || IsName(name) || s_nothings.Contains(name, StringComparer.OrdinalIgnoreCase)) return false;
        Fault(word.At, $"there is no {(schema.IsRows ? "column" : "name")} {Visible.Quote(name)}", $"a text stands in double quotes: \"{Visible.Text(name)}\"");
        return true;
    }

    bool IsText(Syntax syntax) => syntax is NameSyntax { Name: var name }
        && (schema.ColumnNumber(name) is >= 0 and var column ? schema.IsRows && schema.Columns[column].Kind == Kind.Text : IsName(name) && name != "value");

    bool IsName(string name) => name == "quality" || schema.Keys.TagNames.Contains(name) || (schema.IsRows ? schema.ColumnNumber(name) >= 0 : name is "value" or "signal");

    Part Column(int number)
    {
        var column = schema.Columns[number];
        return column.Kind switch
        {
            Kind.Number => new NumberColumn(new(Kind.Number, column.Unit) { Range = column.Range }, number),
            Kind.Integer => new BitsColumn(new(Kind.Number, column.Unit), number),
            _ => new BitsColumn(new(column.Kind), number),
        };
    }

    /// <summary>A reading's value; its unit is known where all signals have the same.</summary>
    Part Value()
    {
        var signals = schema.Signals;
        if (signals.All(s => s.Kind == Kind.Text)) return new BitsColumn(ExpressionType.Text, 0);
        if (signals.All(s => s.Kind == Kind.Bool)) return new BitsColumn(ExpressionType.Truth, 0);
        var type = new ExpressionType(Kind.Number, signals.All(s => s.Unit == signals[0].Unit) ? signals[0].Unit : null);
        return schema.AllNumbers ? new NumberColumn(type, 0) : new ReadingValue(type, signals);
    }

    Part? Unary(UnarySyntax syntax)
    {
        var kind = syntax.Sign == "not" ? Kind.Bool : Kind.Number;
        if (Want(kind, Bind(syntax.Of), syntax.Of, $"'{syntax.Sign}'") is not { } of) return null;
        return kind == Kind.Bool ? new Unary<Not>(of.Type, of) : new Unary<Negative>(of.Type, of);
    }

    Part? Binary(BinarySyntax syntax)
    {
        if (syntax.Sign is "==" or "!=" && (LacksQuotes(syntax.Left, syntax.Right) || LacksQuotes(syntax.Right, syntax.Left))) return null;
        var (left, right) = (Bind(syntax.Left), Bind(syntax.Right));
        if (left is null || right is null) return null;
        return syntax.Sign switch
        {
            "and" or "or" => Logical(syntax, left, right),
            "==" or "!=" or "<" or "<=" or ">" or ">=" => Comparison(syntax, left, right),
            "??" => Else(syntax, left, right),
            _ => Arithmetic(syntax, left, right),
        };
    }

    Part? Logical(BinarySyntax syntax, Part left, Part right)
    {
        var who = $"'{syntax.Sign}'";
        if (Want(Kind.Bool, left, syntax.Left, who) is null | Want(Kind.Bool, right, syntax.Right, who) is null) return null;
        return syntax.Sign == "and" ? new Binary<And>(ExpressionType.Truth, left, right) : new Binary<Or>(ExpressionType.Truth, left, right);
    }

    Part? Comparison(BinarySyntax syntax, Part left, Part right)
    {
        if (left.Type.Kind != right.Type.Kind)
            return Fault(syntax.At, $"{Described(syntax.Left, left)} cannot be compared with {Described(syntax.Right, right)}",
                left.Type.Kind == Kind.Text || right.Type.Kind == Kind.Text ? "texts stand in double quotes, numbers do not" : left.Type.Kind == Kind.Bool ? "write true or false" : null);
        if (left.Type.Kind != Kind.Number && syntax.Sign is not ("==" or "!=")) return Fault(syntax.At, $"{left.Type.Noun} cannot be compared with '{syntax.Sign}'", "write == or !=");
        if (!AreKnown(left, syntax.Right) | !AreKnown(right, syntax.Left)) return null;
        if (left.IsConstant) left = InUnitOf(left, right.Type, syntax.At, "compared", syntax.Right)!;
        else right = InUnitOf(right, left.Type, syntax.At, "compared", syntax.Left)!;
        if (left is null || right is null || !Depends(syntax, left, right)) return null;
        return syntax.Sign switch
        {
            "==" => new Binary<Equal>(ExpressionType.Truth, left, right),
            "!=" => new Binary<NotEqual>(ExpressionType.Truth, left, right),
            "<" => new Binary<Below>(ExpressionType.Truth, left, right),
            "<=" => new Binary<AtMost>(ExpressionType.Truth, left, right),
            ">" => new Binary<Below>(ExpressionType.Truth, right, left),
            _ => new Binary<AtMost>(ExpressionType.Truth, right, left),
        };
    }

    /// <summary>Whether a comparison with a number can hold and fail; a fault where the other side's range decides it.</summary>
    bool Depends(BinarySyntax syntax, Part left, Part right)
    {
        var (ranged, other, sign) = right is Constant ? (left, right as Constant, syntax.Sign) : (right, left as Constant, Turned(syntax.Sign));
        if (ranged.Type.Range is not { } range || other is not { Value: var number } || Always(sign, number, range) is not { } always) return true;
        var inside = number > range.Max && range.Contains(number / 100) ? $"write {Number.Text(Percent.OfHundred(number))}" : "compare it with a number in between";
        var (named, at) = right is Constant ? (syntax.Left, syntax.Right.At) : (syntax.Right, syntax.Left.At);
        Fault(at, $"{Named(named)} lies between {Number.Text(range.Min)} and {Number.Text(range.Max)}, so this {(always ? "always" : "never")} holds", inside);
        return false;
    }

    static string Turned(string sign) => sign switch { "<" => ">", "<=" => ">=", ">" => "<", ">=" => "<=", _ => sign };

    /// <summary>Whether a comparison holds for every value of a range, or for none; null where it depends.</summary>
    static bool? Always(string sign, double number, Bounds range) => sign switch
    {
        ">" => number < range.Min ? true : number >= range.Max ? false : null,
        ">=" => number <= range.Min ? true : number > range.Max ? false : null,
        "<" => number > range.Max ? true : number <= range.Min ? false : null,
        "<=" => number >= range.Max ? true : number < range.Min ? false : null,
        _ => range.Contains(number) ? null : sign == "!=",
    };

    /// <summary>Whether a text that stands there can be what the other side says; a fault where it cannot.</summary>
    bool AreKnown(Part part, Syntax text) =>
        part.Type.Words is not { } words || text is not TextSyntax { Text: var word } || words.Contains(word) || Fault(text.At, $"it is never {Visible.Quote(word)}", Suggestion.Remedy(word, words, "it is one of")) is not null;

    Part? Else(BinarySyntax syntax, Part left, Part right)
    {
        if (left.Type.Kind != right.Type.Kind) return Fault(syntax.At, $"{left.Type.Noun} cannot be replaced by {right.Type.Noun}");
        return InUnitOf(right, left.Type, syntax.At, "used") is { } other ? new Binary<Else>(left.Type, left, other) : null;
    }

    Part? Arithmetic(BinarySyntax syntax, Part left, Part right)
    {
        var who = $"'{syntax.Sign}'";
        if (Want(Kind.Number, left, syntax.Left, who) is null | Want(Kind.Number, right, syntax.Right, who) is null) return null;
        if (syntax.Sign is "*" or "/") (left, right) = (WithoutPercent(left), WithoutPercent(right));
        return syntax.Sign switch
        {
            "+" => Sum(syntax, left, right),
            "-" => Difference(syntax, left, right),
            "*" => new Binary<Times>(Product(left, right), left, right),
            "/" => Quotient(left, right),
            _ => InUnitOf(right, left.Type, syntax.At, "divided") is { } divisor ? new Binary<Remainder>(left.Type, left, divisor) : null,
        };
    }

    Part? Sum(BinarySyntax syntax, Part left, Part right)
    {
        if (left.Type.Unit is null && left.IsConstant && right.Type.Unit is not null) (left, right) = (right, left);
        return Addend(syntax, left, right, "added") is { } addend ? new Binary<Plus>(left.Type, left, addend) : null;
    }

    Part? Difference(BinarySyntax syntax, Part left, Part right)
    {
        if (left.Type.Unit is null && left.IsConstant && right.Type.Unit is not null) return new Binary<Minus>(right.Type, left, right);
        if (Addend(syntax, left, right, "subtracted") is not { } addend) return null;
        // What differs between two temperatures is no temperature; a temperature less a difference is one.
        var isDifference = left.Type.Unit is { Dimension: "temperature" } && right.Type.Unit is not null && !IsStep(left, right);
        return new Binary<Minus>(isDifference ? new(Kind.Number, left.Type.Unit!.Difference) { IsDifference = true } : left.Type, left, addend);
    }

    /// <summary>The right side in the left one's unit; a step of temperature without its zero.</summary>
    Part? Addend(BinarySyntax syntax, Part left, Part right, string doing)
    {
        if (!IsStep(left, right)) return InUnitOf(right, left.Type, syntax.At, doing);
        return Scaled(right, Unit.Conversion(right.Type.Unit!, left.Type.Unit!).Scale, 0, right.Type);
    }

    /// <summary>Whether a temperature is changed by a step: 5 K, or a difference.</summary>
    static bool IsStep(Part left, Part right) => left.Type.Unit is { HasOffset: true } from && right.Type.Unit is { } to && Unit.CanConvert(to, from) && (right.Type.IsDifference || !to.HasOffset);

    static ExpressionType Product(Part left, Part right) =>
        IsFactor(right) ? left.Type : IsFactor(left) ? right.Type : ExpressionType.Number;

    static Binary<Over> Quotient(Part left, Part right)
    {
        var (above, below) = (left.Type.Unit, right.Type.Unit);
        if (IsFactor(right)) return new Binary<Over>(left.Type, left, right);
        if (above is null || below is null) return new Binary<Over>(ExpressionType.Number, left, right);
        if (Unit.CanConvert(above, below)) return new Binary<Over>(new(Kind.Number, One), left, Scaled(right, Unit.Conversion(below, above).Scale, Unit.Conversion(below, above).Offset, left.Type));
        return new Binary<Over>(Unit.TryParse($"{above}/{below}", out var unit) ? new(Kind.Number, unit) : ExpressionType.Number, left, right);
    }

    /// <summary>To multiply by 50% is to multiply by 0.5.</summary>
    static Part WithoutPercent(Part part) =>
        part is { IsConstant: true, Type.Unit: { Dimension: "ratio" } share } ? Scaled(part, Unit.Conversion(share, One).Scale, 0, ExpressionType.Number) : part;

    /// <summary>A number written without a unit leaves the other side's unit as it is.</summary>
    static bool IsFactor(Part part) => part is { IsConstant: true, Type.Unit: null };

    Part? In(InSyntax syntax)
    {
        var of = Bind(syntax.Of);
        var choices = new List<double>();
        foreach (var choice in syntax.Choices)
        {
            if (LacksQuotes(syntax.Of, choice) || Bind(choice) is not { } part || of is null) continue;
            if (!part.IsConstant) Fault(choice.At, $"{Named(choice)} is no fixed value", "list numbers or texts");
            else if (part.Type.Kind != of.Type.Kind) Fault(choice.At, $"{of.Type.Noun} cannot be compared with {part.Type.Noun}");
            else if (AreKnown(of, choice) && InUnitOf(part, of.Type, choice.At, "compared") is Constant constant) choices.Add(constant.Value);
        }

        if (syntax.Choices.Count == 0) return Fault(syntax.At, "'in' has no choices", "write it like in (\"run\", \"idle\")");
        return of is null ? null : new Among(of, [.. choices]);
    }

    static Constant Fold(Part part)
    {
        Span<double> value = stackalloc double[1];
        var batch = new BatchPool().Rent(s_none);
        batch.Append(0, 0, 0);
        part.Compute(new Tile(batch, 0, 1), value);
        return new Constant(part.Type, value[0]);
    }

    static readonly Schema s_none = Schema.Readings(new KeyTable([], 1), new CodeTable(), [new Signal("value", Kind.Number, null)]);
}
