namespace StreamEdge;

/// <summary>
/// The right to run a pipeline over a state folder: a run holds the file STATE/NAME.lock open and locked, so that no
/// second one writes the same store and files. The system takes the lock away when the process ends, also by
/// <c>kill -9</c>; the file stays, for whoever removed it could remove one that is held anew.
/// </summary>
static class RunLock
{
    /// <summary>Who looks whether a lock is held has it for a moment himself; a run that meets him tries again at once.</summary>
    const int Tries = 3;

    // EWOULDBLOCK of Linux and of macOS, and ERROR_SHARING_VIOLATION of Windows.
    static readonly int[] s_held = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Takes the lock; disposing of it gives it back.</summary>
    /// <exception cref="MisuseException">Another run has it, or the folder cannot be written to.</exception>
    public static IDisposable Take(string state, string pipeline)
    {
        for (var left = Tries; ; left--)
        {
            try
            {
                return new FileStream(PathOf(state, pipeline), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (s_held.Contains(error.HResult))
            {
                if (left == 1) throw new MisuseException($"the pipeline '{pipeline}' runs already over the folder {Visible.Quote(state)}; stop that run first, or give this one a folder of its own with --state");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new MisuseException($"--state {Visible.Text(state)} cannot be written to: {error.Message}");
            }
        }
    }

    /// <summary>Whether a run has the lock now.</summary>
    public static bool IsHeld(string state, string pipeline)
    {
        try
        {
            if (File.Exists(PathOf(state, pipeline))) new FileStream(PathOf(state, pipeline), FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (IOException error) when (s_held.Contains(error.HResult))
        {
            return true;
        }
    }

    static string PathOf(string state, string pipeline) => Path.Combine(state, $"{pipeline}.lock");
}
