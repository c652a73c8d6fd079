using System.CommandLine;

namespace StreamEdge;

/// <summary>Options that several commands have.</summary>
static class SharedOptions
{
    public static Option<string> State() => new("--state") { HelpName = "DIR", Description = "Where the store and output files are. Default: state.", DefaultValueFactory = _ => new Surroundings().StateFolder };

    public static Option<string?> Models() => new("--models") { HelpName = "DIR", Description = "Where models are. Default: a folder 'models' beside the pipeline's file, or above it." };

    /// <summary>The state folder that a command line names.</summary>
    /// <exception cref="MisuseException">It cannot be a folder.</exception>
    public static string StateOf(ParseResult given, Option<string> option)
    {
        var folder = given.GetRequiredValue(option);
        Folders.CheckPlace(option.Name, folder);
        return folder;
    }

    /// <summary>The models folder that a command line names; null where it names none.</summary>
    /// <exception cref="MisuseException">It is not there.</exception>
    public static string? ModelsOf(ParseResult given, Option<string?> option)
    {
        if (given.GetValue(option) is not { } folder) return null;
        Folders.CheckThere(option.Name, folder);
        return folder;
    }

    public static Option<long?> Seed() => new("--seed") { HelpName = "N", Description = "Replaces the seed of every simulated source: another plant of the same kind." };

    /// <summary>Refuses a seed that nothing would take.</summary>
    /// <exception cref="MisuseException">No pipeline has a simulated source.</exception>
    public static void CheckSeed(Command command, ParseResult given, Option<long?> option, params IReadOnlyList<Plan> plans)
    {
        if (given.GetValue(option) is not null && !plans.Any(plan => plan.Steps.Any(step => step.Options is SimulateSourceOptions)))
            throw new MisuseException($"{command.Name}: {option.Name} goes with a simulated source, and {string.Join(", ", plans.Select(plan => Visible.Text(plan.Context.File)))} has none; leave it out");
    }
}
