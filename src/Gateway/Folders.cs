namespace StreamEdge;

/// <summary>Folders that a command line names: what cannot be one is refused in one line, before anything starts.</summary>
static class Folders
{
    /// <summary>Refuses what can never be a folder: no name, a file, a place below a file.</summary>
    /// <exception cref="MisuseException">It cannot be one.</exception>
    public static void CheckPlace(string option, string folder)
    {
        if (folder.Length == 0) throw new MisuseException($"{option} has no name; write a folder behind it, or leave it out");
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(path)) throw new MisuseException($"{option} {Visible.Text(folder)} is a file, not a folder");
        for (var above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
            if (File.Exists(above)) throw new MisuseException($"{option} {Visible.Text(folder)} lies below {Visible.Text(above)}, which is a file, not a folder");
    }

    /// <summary>Refuses a folder that is not there.</summary>
    /// <exception cref="MisuseException">It is not there, or cannot be.</exception>
    public static void CheckThere(string option, string folder)
    {
        CheckPlace(option, folder);
        if (!Directory.Exists(folder)) throw new MisuseException($"{option} {Visible.Text(folder)}: there is no such folder");
    }

    /// <summary>Makes the folder where it is not there yet.</summary>
    /// <exception cref="MisuseException">It cannot be made.</exception>
    public static void Make(string option, string folder)
    {
        CheckPlace(option, folder);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MisuseException($"{option} {Visible.Text(folder)}: no folder can be made there{(error is FileNotFoundException or DirectoryNotFoundException ? "; name another one" : $": {error.Message}")}");
        }
    }
}
