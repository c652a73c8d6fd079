namespace StreamEdge;

/// <summary>Where the stores of pipelines are: each pipeline has its own file, by default STATE/PIPELINE.db.</summary>
static class Stores
{
    const int MostFiles = 1_000;

    /// <summary>The pipeline's store: the file of its <c>store</c> sink, or its place in the state folder where it has none.</summary>
    public static string PathOf(Plan plan)
    {
        var sink = plan.Steps.Select(s => s.Options).OfType<StoreSinkOptions>().FirstOrDefault();
        return plan.Context.OutputPath(sink?.Path ?? $"{plan.Context.Name}.db");
    }

    /// <summary>Every store of a state folder, in the order of its name; also what only has a store's name, to be told as that.</summary>
    /// <exception cref="MisuseException">There is none.</exception>
    public static IReadOnlyList<string> In(string state)
    {
        IReadOnlyList<string> files = Directory.Exists(state)
            ? [.. Directory.EnumerateFileSystemEntries(state, "*.db", SearchOption.AllDirectories).Take(MostFiles).Order(StringComparer.Ordinal)]
            : [];
        return files.Count > 0 ? files : throw new MisuseException($"there is no store in the folder {Visible.Quote(state)}; run a pipeline first, or name its folder with --state");
    }

    /// <summary>The store that holds a pipeline's rows or books.</summary>
    /// <exception cref="MisuseException">There is none.</exception>
    public static string Of(string pipeline, string state)
    {
        var files = In(state);
        return files.FirstOrDefault(file => NameOf(file) == pipeline)
            ?? files.FirstOrDefault(file => Try(file, () => StoreBooks.Read(file, pipeline)) is { Count: > 0 })
            ?? throw new MisuseException($"nothing is stored of a pipeline {Visible.Quote(pipeline)}; {Suggestion.Remedy(pipeline, files.Select(NameOf), "there are")}");
    }

    /// <summary>The name of the pipeline whose store a file usually is.</summary>
    public static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);

    // Another program's .db file may lie there as well; it holds no books.
    static T? Try<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (StoreTrouble.Is(error))
        {
            return default;
        }
    }
}
