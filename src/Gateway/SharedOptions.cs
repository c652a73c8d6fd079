using System.CommandLine;

namespace StreamEdge;

/// <summary>Options that several commands have.</summary>
static class SharedOptions
{
    public static Option<string> State() => new("--state") { HelpName = "DIR", Description = "Where the store and output files are. Default: state.", DefaultValueFactory = _ => new Surroundings().StateFolder };

    public static Option<string?> Models() => new("--models") { HelpName = "DIR", Description = "Where models are. Default: a folder 'models' beside the pipeline's file, or above it." };

    public static Option<long?> Seed() => new("--seed") { HelpName = "N", Description = "Replaces the seed of every simulated source: another plant of the same kind." };
}
