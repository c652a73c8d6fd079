using System.Text;

namespace StreamEdge;

/// <summary>Reads true and false from UTF-8 text, as files write them.</summary>
public static class Utf8Truth
{
    /// <summary>Reads <c>true</c>, <c>on</c>, <c>yes</c> or <c>1</c>, and their opposites, in capitals or not. False for anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out bool yes)
    {
        if (Utf8Number.TryRead(text, out double number))
        {
            yes = number == 1;
            return number is 0 or 1;
        }

        yes = Ascii.EqualsIgnoreCase(text, "true"u8) || Ascii.EqualsIgnoreCase(text, "on"u8) || Ascii.EqualsIgnoreCase(text, "yes"u8);
        return yes || Ascii.EqualsIgnoreCase(text, "false"u8) || Ascii.EqualsIgnoreCase(text, "off"u8) || Ascii.EqualsIgnoreCase(text, "no"u8);
    }
}
