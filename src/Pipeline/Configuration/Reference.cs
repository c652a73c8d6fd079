using System.Buffers;
using System.Text;

namespace StreamEdge;

/// <summary>
/// A value that stands elsewhere: <c>${env:NAME}</c> in the environment, <c>${file:PATH}</c> in a file,
/// <c>${secret:NAME}</c> among the secrets of the machine. Looked up when the file has been read, and only where it is
/// the whole value: whatever it holds, it stays one text.
/// </summary>
/// <param name="Written">As the file has it.</param>
/// <param name="Text">What it stands for.</param>
/// <param name="File">The file that it stands in; null where it stands in none.</param>
sealed record Reference(string Written, string Text, string? File)
{
    /// <summary>Most bytes of a file that one stands in.</summary>
    const int MostBytes = 64 * 1024;

    /// <summary>The folder of secrets, where systemd gives none.</summary>
    public const string Folder = "STREAMEDGE_SECRETS";

    static readonly SearchValues<string> s_marks = SearchValues.Create(["${env:", "${file:", "${secret:"], StringComparison.Ordinal);

    /// <summary>Whether a text is meant as a reference, or to hold one.</summary>
    public static bool IsMeant(string text) => text.StartsWith("${", StringComparison.Ordinal) || text.AsSpan().ContainsAny(s_marks);

    /// <summary>Looks one up; null, and why, where there is nothing.</summary>
    /// <param name="text">The text in the file.</param>
    /// <param name="isSecret">Whether it is for an option that is never shown.</param>
    /// <param name="pipeline">The pipeline's file; paths are relative to it.</param>
    /// <param name="wrong">Why not.</param>
    public static Reference? Find(string text, bool isSecret, string pipeline, out Wrong wrong)
    {
        wrong = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (!text.StartsWith("${", StringComparison.Ordinal) || !text.EndsWith('}') || colon < 0 || text.IndexOf('}', StringComparison.Ordinal) < text.Length - 1)
            return No(new($"{Visible.Quote(text)} is no reference", "write ${env:NAME}, ${file:PATH} or ${secret:NAME} as the whole value"), out wrong);
        var (kind, name) = (text[2..colon], text[(colon + 1)..^1]);
        if (name.Length == 0) return No(new($"{text} names nothing", $"write ${{{kind}:NAME}}"), out wrong);
        switch (kind)
        {
            case "env":
                return Environment.GetEnvironmentVariable(name) is { } value
                    ? new(text, value, null)
                    : No(new($"the environment has no {Visible.Quote(name)}", $"set it before the start: {name}=... ./streamedge run ..."), out wrong);
            case "file":
                return Read(text, Path.GetFullPath(name, Path.GetDirectoryName(Path.GetFullPath(pipeline))!), isSecret, out wrong);
            case "secret":
                if (!isSecret) return No(new($"{text} would be shown here, where no secret belongs", "write ${env:NAME} or ${file:PATH}"), out wrong);
                if (name.AsSpan().ContainsAny('/', '\\') || name.StartsWith('.')) return No(new($"{Visible.Quote(name)} is no name of a secret", "write its name only, or ${file:PATH}"), out wrong);
                return Secret(text, name, pipeline, out wrong);
            default:
                return No(new($"there is no ${{{Visible.Text(kind)}:...}}", "write ${env:NAME}, ${file:PATH} or ${secret:NAME}"), out wrong);
        }
    }

    /// <summary>What a file holds, without the line break at its end.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Content(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        var bytes = new byte[MostBytes + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MostBytes) throw new IOException($"it has more than {MostBytes / 1024} KB");
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.EndsWith('\n') ? text[..^1].TrimEnd('\r') : text;
    }

    /// <summary>Secrets lie where systemd puts them (LoadCredential=), in the folder that the environment names, or in <c>secrets</c> beside the pipeline's file.</summary>
    static Reference? Secret(string text, string name, string pipeline, out Wrong wrong)
    {
        string?[] folders = [Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY"), Environment.GetEnvironmentVariable(Folder), Path.Combine(Path.GetDirectoryName(Path.GetFullPath(pipeline))!, "secrets")];
        var paths = folders.Where(f => !string.IsNullOrEmpty(f)).Select(f => Path.Combine(Path.GetFullPath(f!), name)).ToList();
        var path = paths.FirstOrDefault(System.IO.File.Exists) ?? paths[^1];
        return System.IO.File.Exists(path)
            ? Read(text, path, isSecret: true, out wrong)
            : No(new($"there is no secret {Visible.Quote(name)}", $"write it into {Visible.Text(path)}, or name the folder of secrets in {Folder}"), out wrong);
    }

    static Reference? Read(string text, string path, bool isSecret, out Wrong wrong)
    {
        wrong = default;
        try
        {
            var content = Content(path);
            // Containers lay secrets below /run, for a process that is alone there.
            if (isSecret && !OperatingSystem.IsWindows() && !path.StartsWith("/run/", StringComparison.Ordinal) && System.IO.File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead))
                return No(new($"everybody on this machine can read {Visible.Text(path)}", $"chmod 600 {Visible.Text(path)}"), out wrong);
            return new(text, content, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return No(new($"{Visible.Text(path)} cannot be read: {Visible.Text(error.Message)}", "check the path and who may read it"), out wrong);
        }
    }

    static Reference? No(Wrong why, out Wrong wrong)
    {
        wrong = why;
        return null;
    }
}
