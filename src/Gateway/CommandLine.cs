using System.CommandLine;
using System.CommandLine.Parsing;

namespace StreamEdge;

/// <summary>The program's command line: finds the verb, tells what is wrong with the arguments, and returns the exit code.</summary>
public static class CommandLine
{
    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="steps">The table of steps; null for <see cref="BuiltIn"/>.</param>
    /// <returns>0: fine; 1: mistakes in a file, a failed test, or books that do not balance; 2: a wrong command line; 3: a pipeline failed, or the program itself.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, Catalog? steps = null)
    {
        terminal = terminal with { Out = GuardedWriter.Results(terminal.Out), Error = GuardedWriter.Messages(terminal.Error) };
        try
        {
            // Answered before anything else is loaded: scripts ask for it often.
            if (args is not ["--version"]) return await ParseAsync(args, terminal, steps);
            terminal.Out.WriteLine($"streamedge {typeof(CommandLine).Assembly.GetName().Version!.ToString(3)}");
            return Exit.Fine;
        }
        catch (MisuseException misuse)
        {
            terminal.Error.WriteLine($"streamedge: {misuse.Message}");
            return Exit.Misused;
        }
        catch (OutputLostException lost)
        {
            terminal.Error.WriteLine($"streamedge: {lost.Message}");
            return Exit.Failed;
        }
        catch (Exception error)
        {
            terminal.Error.WriteLine($"streamedge: {Defect.Text(error)}");
            return Exit.Failed;
        }
    }

    static async Task<int> ParseAsync(string[] args, Terminal terminal, Catalog? steps)
    {
        if (args is ["--version", var extra, ..]) throw new MisuseException($"--version stands alone, without {Visible.Quote(extra)}");
        var help = new Option<bool>("--help", "-h", "-?") { Description = "Shows this.", Recursive = true };
        var root = new Command("streamedge", "") { help, new RunVerb(), new CheckVerb(), new TestVerb(), new ExplainVerb(), new TrainVerb(), new QueryVerb(), new LedgerVerb(), new DocsVerb() };
        if (args is ["help", ..]) args = [.. args[1..], "--help"];
        var given = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        var command = given.CommandResult.Command;
        if (Mistake(root, given, given.GetValue(help) || command == root) is { } mistake) throw new MisuseException(mistake);
        if (command is Verb verb && !given.GetValue(help)) return await verb.RunAsync(given, terminal, steps ?? BuiltIn.Catalog());
        HelpText.Write(command, terminal.Out);
        return Exit.Fine;
    }

    /// <summary>What is wrong with the command line, in one line; null when nothing is.</summary>
    static string? Mistake(Command root, ParseResult given, bool wantsHelp)
    {
        var command = given.CommandResult.Command;
        // The parser takes a misspelt option for an argument, and its value for one too many.
        if (given.CommandResult.Tokens.FirstOrDefault(t => t.Value.StartsWith('-') && !File.Exists(t.Value)) is { } mistyped) return UnknownOption(command, mistyped.Value);
        if (given.UnmatchedTokens is [var token, ..])
        {
            if (token.StartsWith('-')) return UnknownOption(command, token);
            return command == root
                ? $"there is no command {Visible.Quote(token)}; {Suggestion.Remedy(token, root.Subcommands.Select(c => c.Name), "the commands are")}"
                : $"{command.Name} takes no further argument {Visible.Quote(token)}; see 'streamedge {command.Name} --help'";
        }

        if (given.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(o => o.IdentifierTokenCount > 1 && o.Option.Arity.MaximumNumberOfValues <= 1) is { Option: var twice })
            return $"{command.Name}: {twice.Name} is given twice; keep one of them";
        return wantsHelp || given.Errors is not [var error, ..] ? null : $"{command.Name} {What(error)}; see 'streamedge {command.Name} --help'";
    }

    static string What(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Option: var option, Tokens: [] } => $"needs a value after {option.Name}: {option.HelpName}",
        OptionResult { Option: var option, Tokens: [.., var token] } => $"takes {option.Name} {option.HelpName}, not {Visible.Quote(token.Value)}",
        ArgumentResult { Argument: var argument } => $"needs {argument.Name}",
        _ => $"cannot be done: {error.Message}",
    };

    /// <summary>The message for an option that the command does not have.</summary>
    public static string UnknownOption(Command command, string token)
    {
        var name = token.Split('=')[0];
        var known = command.Options.Select(o => o.Name).Append(command is Verb ? "--help" : "--version");
        return $"{command.Name} has no option {Visible.Quote(name)}; {Suggestion.Remedy(name, known, "its options are")}";
    }
}
