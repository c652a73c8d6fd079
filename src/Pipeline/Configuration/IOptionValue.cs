using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>A value that an option can have, written as one text: a size, a rate, a unit. Its ToString writes the text back.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IOptionValue<TSelf> where TSelf : IOptionValue<TSelf>
{
    /// <summary>What it is, for messages: "a size".</summary>
    static abstract string Noun { get; }

    /// <summary>How it is written, for messages: "512MB".</summary>
    static abstract string Example { get; }

    /// <summary>Reads a text; says what is wrong with it where it cannot be read.</summary>
    static abstract bool TryParse(string text, [MaybeNullWhen(false)] out TSelf value, out Wrong wrong);
}
