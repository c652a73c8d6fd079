using System.Diagnostics;

namespace StreamEdge;

/// <summary>
/// A file system of its own in a file, whose power can be cut: what was not synced is not in the file that a copy is made
/// of, or only as far as the system has got with it.
/// </summary>
sealed class LoopDisk : IDisposable
{
    readonly string _place;
    int _cuts;

    LoopDisk(string place) => _place = place;

    /// <summary>Whether this machine lets us: as root, with loop devices.</summary>
    public static string? Missing { get; } =
        !OperatingSystem.IsLinux() ? "loop devices are Linux's"
        : Environment.UserName != "root" ? "only root may mount a loop device"
        : !File.Exists("/dev/loop-control") ? "there are no loop devices here"
        : !File.Exists("/usr/sbin/mkfs.ext4") && !File.Exists("/sbin/mkfs.ext4") ? "mkfs.ext4 is missing"
        : null;

    /// <summary>Where it is mounted.</summary>
    public string Folder => Path.Combine(_place, $"disk{_cuts}");

    string Image => Path.Combine(_place, $"disk{_cuts}.img");

    public static async Task<LoopDisk> CreateAsync(string place)
    {
        var disk = new LoopDisk(place);
        await using (var image = File.Create(disk.Image)) image.SetLength(64 << 20);
        await RunAsync("mkfs.ext4", "-q", "-E", "lazy_itable_init=0", disk.Image);
        await disk.MountAsync();
        return disk;
    }

    /// <summary>Goes on with what the disk would hold if the power were cut now. Nothing may have a file of it open.</summary>
    public async Task CutAsync()
    {
        var (before, image) = (Folder, Image);
        _cuts++;
        await RunAsync("cp", image, Image);
        await RunAsync("umount", before);
        File.Delete(image);
        await MountAsync();
    }

    public void Dispose()
    {
        using var umount = Process.Start("umount", [Folder]);
        umount.WaitForExit();
    }

    async Task MountAsync()
    {
        Directory.CreateDirectory(Folder);
        await RunAsync("mount", "-o", "loop,commit=5", Image, Folder);
    }

    static async Task RunAsync(string command, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var said = await run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.True(run.ExitCode == 0, $"{command}: {said}");
    }
}

/// <summary>A test on a <see cref="LoopDisk"/> in a long run, skipped in plain words where there can be none.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class LoopDiskFactAttribute : FactAttribute
{
    public LoopDiskFactAttribute() => Skip = LongFactAttribute.Missing ?? LoopDisk.Missing;
}
