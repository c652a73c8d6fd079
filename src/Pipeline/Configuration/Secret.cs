using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>A password or token: used, but never shown. Its text is <c>***</c> wherever options are written out.</summary>
/// <param name="value">The password or token itself.</param>
public sealed class Secret(string value) : IOptionValue<Secret>
{
    /// <summary>The password or token itself, for the one place that sends it.</summary>
    public string Reveal() => value;

    /// <inheritdoc/>
    public static string Noun => "a secret";

    /// <inheritdoc/>
    public static string Example => "TOKEN";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Secret secret, out Wrong wrong)
    {
        (secret, wrong) = (null, default);
        if (text.Length == 0) wrong = new("the secret is empty", "write the password or token, or leave the option out");
        else if (text.StartsWith("${", StringComparison.Ordinal)) wrong = new($"{Visible.Quote(text)} was not replaced by a secret", "write the password or token itself");
        else if (text.AsSpan().ContainsAnyInRange('\0', '\u001f')) wrong = new("the secret has a line break or a control character in it", "write it in one line");
        else secret = new(text);
        return secret is not null;
    }

    /// <summary>Never the secret.</summary>
    public override string ToString() => "***";
}
