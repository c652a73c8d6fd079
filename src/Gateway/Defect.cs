namespace StreamEdge;

/// <summary>What nobody foresaw: told in one line as what it is, a defect of StreamEdge; with its stack where the environment asks for it.</summary>
static class Defect
{
    /// <summary>The environment variable that asks for the stack.</summary>
    const string Trace = "STREAMEDGE_TRACE";

    public static string Text(Exception error) => Environment.GetEnvironmentVariable(Trace) == "1"
        ? $"a defect of StreamEdge: {error}"
        : $"a defect of StreamEdge: {error.GetType().Name}: {Visible.Text(error.Message)}; please report it, with what {Trace}=1 shows";
}
