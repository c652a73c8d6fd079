namespace StreamEdge;

/// <summary>Where in the file a step is written.</summary>
public enum StepForm
{
    /// <summary>The protocol key of <c>collect</c>.</summary>
    Source,

    /// <summary>A step of its own.</summary>
    Single,

    /// <summary>A key of a group: <c>clean</c>, <c>normalize</c>, <c>compress</c>.</summary>
    Grouped,

    /// <summary>The protocol key of a named sink of <c>transmit</c>.</summary>
    Sink,
}

/// <summary>One line of the table of steps.</summary>
/// <param name="Stage">The key of the step in the file: <c>clean</c>, <c>window</c>.</param>
/// <param name="Key">The key inside it; the same as <paramref name="Stage"/> for a step of its own.</param>
/// <param name="Form">Where it is written.</param>
/// <param name="Options">Its options record.</param>
public sealed record CatalogEntry(string Stage, string Key, StepForm Form, Type Options)
{
    /// <summary>The name in messages and documentation: <c>clean.out_of_range</c>, <c>window</c>.</summary>
    public string Name => Form == StepForm.Single ? Stage : $"{Stage}.{Key}";
}

/// <summary>The table of every step that a file may use, in the order of the stages. The order inside a group is the order of execution.</summary>
public sealed class Catalog
{
    readonly List<CatalogEntry> _entries = [];

    /// <summary>The table's lines, in order.</summary>
    public IReadOnlyList<CatalogEntry> Entries => _entries;

    /// <summary>Every key that may stand in <c>steps:</c>.</summary>
    public IEnumerable<string> Stages => _entries.Select(e => e.Stage).Distinct();

    /// <summary>Adds a source: <c>collect: { KEY: … }</c>.</summary>
    public Catalog Source<T>(string key) where T : SourceOptions => Add(new("collect", key, StepForm.Source, typeof(T)));

    /// <summary>Adds an operator: <c>window</c>, or <c>clean.out_of_range</c> for a member of a group.</summary>
    public Catalog Operator<T>(string name) where T : OperatorOptions => name.Split('.') is [var stage, var key]
        ? Add(new(stage, key, StepForm.Grouped, typeof(T)))
        : Add(new(name, name, StepForm.Single, typeof(T)));

    /// <summary>Adds a sink: <c>transmit: { NAME: { KEY: … } }</c>.</summary>
    public Catalog Sink<T>(string key) where T : SinkOptions => Add(new("transmit", key, StepForm.Sink, typeof(T)));

    /// <summary>The lines of one stage, in order.</summary>
    public IReadOnlyList<CatalogEntry> Of(string stage) => [.. _entries.Where(e => e.Stage == stage)];

    Catalog Add(CatalogEntry entry)
    {
        if (_entries.Exists(e => e.Stage == entry.Stage && e.Key == entry.Key)) throw new ArgumentException($"the table has '{entry.Name}' already", nameof(entry));
        _entries.Add(entry);
        return this;
    }
}
