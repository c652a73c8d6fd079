using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Threading.Channels;

namespace StreamEdge;

/// <summary>Tells that one of some files was written; what an editor does at one save counts once.</summary>
sealed class FileChanges : IDisposable
{
    static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(150);

    readonly Dictionary<string, FileSystemWatcher> _watchers = new(StringComparer.Ordinal); // by folder
    readonly Subject<string> _saved = new();
    readonly Channel<string> _changed = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly IDisposable _subscription;
    volatile HashSet<string> _paths = new(StringComparer.Ordinal); // replaced, never changed: the watchers look into it at any time

    public FileChanges(IEnumerable<string> files)
    {
        _subscription = _saved.Synchronize().Throttle(s_quiet).Subscribe(path => _changed.Writer.TryWrite(path));
        WatchAlso(files);
    }

    /// <summary>Watches further files; of one whose folder is not there nothing is told.</summary>
    public void WatchAlso(IEnumerable<string> files)
    {
        _paths = [.. _paths.Concat(files.Select(Path.GetFullPath))];
        // Folders are watched, not files: many editors write a new file and give it the old one's name.
        foreach (var folder in _paths.Select(p => Path.GetDirectoryName(p)!).Distinct().Where(f => !_watchers.ContainsKey(f) && Directory.Exists(f)).ToList())
        {
            var watcher = _watchers[folder] = new FileSystemWatcher(folder);
            watcher.Changed += Saved;
            watcher.Created += Saved;
            watcher.Renamed += Saved;
            watcher.EnableRaisingEvents = true;
        }
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
        foreach (var watcher in _watchers.Values) watcher.Dispose();
        _saved.OnCompleted(); // what a watcher still says is said to nobody
        _subscription.Dispose();
    }

    void Saved(object sender, FileSystemEventArgs change)
    {
        if (_paths.Contains(change.FullPath)) _saved.OnNext(change.FullPath);
    }
}
