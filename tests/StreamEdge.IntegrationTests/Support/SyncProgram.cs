namespace StreamEdge;

/// <summary>
/// What <see cref="FailedSyncTests"/> runs under strace, which makes the first and the third fdatasync fail: this
/// assembly as a program.
/// </summary>
static class SyncProgram
{
    static void Main(string[] folder)
    {
        var files = new DiskFiles(folder[0]);
        using (var file = files.Create("single"))
        {
            file.Append("bytes"u8);
            try
            {
                file.Sync();
                Console.WriteLine("the failed sync was hidden");
            }
            catch (IOException error)
            {
                Console.WriteLine($"{error.GetType().Name}: {error.Message}");
            }
        }

        using var log = new SegmentLog(files, new() { Notice = Console.WriteLine });
        log.Append(1, "first"u8);
        Console.WriteLine($"durable: {log.Sync()}");
        log.Append(1, "second"u8);
        Console.WriteLine($"durable: {log.Sync()}");
        Console.WriteLine($"failures: {log.Failures}, files: {string.Join(' ', files.Names())}");
    }
}
