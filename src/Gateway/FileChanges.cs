using System.Reactive.Linq;
using System.Threading.Channels;

namespace StreamEdge;

/// <summary>Tells that one of some files was written; what an editor does at one save counts once.</summary>
sealed class FileChanges : IDisposable
{
    static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(150);

    readonly List<FileSystemWatcher> _watchers = [];
    readonly Channel<string> _changed = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly IDisposable _subscription;

    public FileChanges(IEnumerable<string> files)
    {
        var paths = files.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        // Folders are watched, not files: many editors write a new file and give it the old one's name.
        foreach (var folder in paths.Select(p => Path.GetDirectoryName(p)!).Distinct()) _watchers.Add(new FileSystemWatcher(folder) { EnableRaisingEvents = true });
        _subscription = _watchers
            .Select(watcher => Observable.FromEventPattern<FileSystemEventArgs>(watcher, nameof(watcher.Changed))
                .Merge(Observable.FromEventPattern<FileSystemEventArgs>(watcher, nameof(watcher.Created)))
                .Merge(Observable.FromEventPattern<RenamedEventArgs>(watcher, nameof(watcher.Renamed)).Select(e => new System.Reactive.EventPattern<FileSystemEventArgs>(e.Sender, e.EventArgs))))
            .Merge()
            .Select(e => e.EventArgs.FullPath)
            .Where(paths.Contains)
            .Throttle(s_quiet)
            .Subscribe(path => _changed.Writer.TryWrite(path));
    }

    /// <summary>Waits for the next change; false when it was told to stop.</summary>
    public async Task<bool> NextAsync(CancellationToken stop)
    {
        try
        {
            await _changed.Reader.ReadAsync(stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _subscription.Dispose();
        foreach (var watcher in _watchers) watcher.Dispose();
    }
}
