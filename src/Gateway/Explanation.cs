namespace StreamEdge;

/// <summary>A pipeline in words: clocks, signals, and every step with its input, its options and what it emits.</summary>
static class Explanation
{
    public static void Write(Plan plan, StageNumbers stages, TextWriter output)
    {
        output.WriteLine($"{plan.Context.Name}, from {Visible.Text(plan.Context.File)}");
        output.WriteLine();
        Clocks(plan.Context, output);
        Signals(plan.Context, output);
        var number = 0;
        foreach (var step in plan.Steps)
        {
            output.WriteLine();
            output.WriteLine($"{++number}. {step.Name}{(step.Line is { } line && line.Name != step.Name ? $" ({line.Name})" : step.Branch is not null ? $" (a way out of {step.Inputs[0].Name})" : step.Line is null ? " (put in by StreamEdge)" : "")}");
            if (step.Why is not null) Lines("because", step.Why, output);
            Lines(step.Inputs.Count == 0 ? "runs" : "reads", Input(step, stages), output);
            if (step.Output is { } schema) Lines("emits", Emitted(schema), output);
            foreach (var constants in step.Constants) Lines("scales", constants, output);
            if (step.Options is null || OptionsText.Write(step.Options, 6, StepDocs.DefaultOf) is not { Length: > 0 } options) continue;
            output.WriteLine("   options");
            output.Write(options);
        }
    }

    static void Clocks(PipelineContext context, TextWriter output)
    {
        var time = context.Time;
        Lines("time", $"is read from '{time.Field}'; {time.Clock switch { ClockKind.Device => "each device has its own clock", ClockKind.Shared => "all devices share one clock", _ => "all devices share one clock, which the watermarks of the sources move" }}", output, 0);
        Lines("wait", $"{Duration.Text(time.Wait)}: a reading may come that long after a newer one and still be on time", output, 0);
        Lines("idle", $"{Duration.Text(time.Idle)}: after that long without data, open windows are shown as they stand", output, 0);
        Lines("ahead", $"{Duration.Text(time.Ahead)}: readings further in the future are refused", output, 0);
    }

    static void Signals(PipelineContext context, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("signals");
        var table = new TextTable(2).Left(1, 2, 3, 4);
        foreach (var signal in context.Readings.Signals)
        {
            table.Add(signal.Name, signal.Kind.ToString().ToLowerInvariant(), signal.Unit?.Symbol ?? "-",
                signal.Range is { } range ? $"{range.Min} to {range.Max}" : "any",
                string.Join(", ", Further(signal)));
        }

        table.Write(output);

        static IEnumerable<string> Further(Signal signal)
        {
            if (signal.Period is { } period) yield return $"every {Duration.Text(period)}";
            if (signal.MaxChange is { } change) yield return $"at most {Number.Text(change)} a second";
            if (signal.Tolerance is { } tolerance) yield return $"tolerance {tolerance}";
        }
    }

    static string Input(PlannedStep step, StageNumbers stages)
    {
        var stage = $"stage {stages.Of(step)}";
        if (step.Inputs.Count == 0) return $"in {stage}";
        var names = string.Join(", ", step.Inputs.Select(i => i.Name));
        return step.QueueBefore is { } queue ? $"{names} through {Queue(step, queue)}, in {stage}" : $"{names}, fused to it in {stage}";
    }

    static string Queue(PlannedStep step, QueueOptions queue) =>
        $"{(step.Inputs.Count > 1 ? "queues" : "a queue")} of {queue.Batches} batch{(queue.Batches == 1 ? "" : "es")}{(step.Inputs.Count > 1 ? " each" : "")} ({WhenFull(queue)})";

    /// <summary>What a queue does when it is full, in the file's word.</summary>
    public static string WhenFull(QueueOptions queue) => queue.WhenFull switch
    {
        StreamEdge.WhenFull.Block => "block",
        StreamEdge.WhenFull.DropOldest => "drop_oldest",
        _ => "sample",
    };

    static string Emitted(Schema schema)
    {
        var tags = schema.Keys.TagNames.Count == 0 ? "" : $" of {string.Join(", ", schema.Keys.TagNames)}";
        return schema.IsRows
            ? $"rows{tags}: {string.Join(", ", schema.Columns.Select(c => Named(c.Name, c.Kind, c.Unit)))}"
            : $"readings{tags}: {string.Join(", ", schema.Signals.Select(s => Named(s.Name, s.Kind, s.Unit)))}";
    }

    static string Named(string name, Kind kind, Unit? unit)
    {
        var what = kind == Kind.Number ? unit?.Symbol ?? "" : $"{kind.ToString().ToLowerInvariant()} {unit?.Symbol}".TrimEnd();
        return what.Length == 0 ? name : $"{name} ({what})";
    }

    static void Lines(string word, string text, TextWriter output, int indent = 3) =>
        HelpText.Hang(new string(' ', indent) + word.PadRight(8), text, indent + 8, output);
}
