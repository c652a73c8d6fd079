using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>
/// A password or token: used, but never shown. Its text is <c>***</c> wherever options are written out. One that stands
/// in a file is read anew when the file changes, so that a new password needs no restart.
/// </summary>
/// <param name="value">The password or token itself.</param>
public sealed class Secret(string value) : IOptionValue<Secret>
{
    readonly Lock _reading = new();
    string _value = value;
    string? _file;
    DateTime _written;

    /// <summary>The password or token itself, for the one place that sends it.</summary>
    public string Reveal()
    {
        if (_file is null) return _value;
        lock (_reading)
        {
            try
            {
                if (File.GetLastWriteTimeUtc(_file) is var written && written != _written && TryParse(Reference.Content(_file), out var anew, out _))
                    (_value, _written) = (anew._value, written);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It is being replaced, or is gone: the one known serves until there is another.
            }

            return _value;
        }
    }

    /// <inheritdoc/>
    public static string Noun => "a secret";

    /// <inheritdoc/>
    public static string Example => "TOKEN";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Secret secret, out Wrong wrong)
    {
        (secret, wrong) = (null, default);
        if (text.Length == 0) wrong = new("the secret is empty", "write the password or token, or leave the option out");
        else if (text.AsSpan().ContainsAnyInRange('\0', '\u001f')) wrong = new("the secret has a line break or a control character in it", "write it in one line");
        else secret = new(text);
        return secret is not null;
    }

    /// <summary>The same, standing where a reference says.</summary>
    internal Secret In(Reference reference)
    {
        _file = reference.File;
        return this;
    }

    /// <summary>Never the secret.</summary>
    public override string ToString() => "***";
}
