using System.CommandLine;

namespace StreamEdge;

/// <summary>One command of the program: <c>streamedge NAME …</c>.</summary>
/// <param name="name">Its name.</param>
/// <param name="summary">What it does, in one line.</param>
/// <param name="example">A command line to try.</param>
abstract class Verb(string name, string summary, string example) : Command(name, summary)
{
    public string Example => example;

    /// <summary>What else one should know; null where the one line says it all.</summary>
    public virtual string? Detail => null;

    /// <summary>Does it, and returns the exit code.</summary>
    public abstract Task<int> RunAsync(ParseResult given, Terminal terminal, Catalog steps);
}

/// <summary>What the exit code says.</summary>
static class Exit
{
    public const int Fine = 0;

    /// <summary>A pipeline file has mistakes, a test failed, or books do not balance.</summary>
    public const int Mistakes = 1;

    /// <summary>The command line is wrong, or a file is not there.</summary>
    public const int Misused = 2;

    /// <summary>A pipeline failed while it ran, results could not be written, or the program has a defect.</summary>
    public const int Failed = 3;
}

/// <summary>The command line is wrong: told in one line, exit code 2.</summary>
sealed class MisuseException(string message) : Exception(message);
