using Microsoft.Win32.SafeHandles;

namespace StreamEdge;

/// <summary>The files of one folder, which only its owner may enter and read. It is made where it is missing.</summary>
public sealed class DiskFiles : FileStore
{
    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly string _folder;

    /// <summary>Opens the folder.</summary>
    public DiskFiles(string folder)
    {
        _folder = Path.GetFullPath(folder);
        if (Directory.Exists(_folder)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_folder);
        else Directory.CreateDirectory(_folder, Owner | UnixFileMode.UserExecute);
        Durable.SyncFolder(_folder); // its own name
    }

    /// <inheritdoc/>
    public override string Place => _folder;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names() => [.. Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public override StoredFile Create(string name) => Open(name, FileMode.Create);

    /// <inheritdoc/>
    public override StoredFile Open(string name) => Open(name, FileMode.Open);

    /// <inheritdoc/>
    public override void Rename(string from, string to) => OrFull(() => File.Move(PathOf(from), PathOf(to), overwrite: true));

    /// <inheritdoc/>
    public override void Remove(string name) => File.Delete(PathOf(name));

    /// <inheritdoc/>
    public override void SyncFolder() => Durable.SyncFolder(PathOf("."));

    string PathOf(string name) => Path.Combine(_folder, name);

    DiskFile Open(string name, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
        if (mode == FileMode.Create && !OperatingSystem.IsWindows()) options.UnixCreateMode = Owner;
        DiskFile? file = null;
        OrFull(() => file = new DiskFile(PathOf(name), options));
        return file!;
    }

    static void OrFull(Action write)
    {
        try
        {
            write();
        }
        catch (IOException error) when (Durable.IsDiskFull(error))
        {
            throw new DiskFullException(error.Message, error);
        }
    }

    sealed class DiskFile : StoredFile
    {
        readonly string _path;
        readonly FileStream _stream;
        readonly SafeFileHandle _file;
        long _length;

        public DiskFile(string path, FileStreamOptions options)
        {
            options.BufferSize = 0;
            (_path, _stream) = (path, new FileStream(path, options)); // File.OpenHandle cannot give a mode to what it creates
            _file = _stream.SafeFileHandle;
            _length = RandomAccess.GetLength(_file);
        }

        public override long Length => _length;

        public override int Read(long offset, Span<byte> bytes) => RandomAccess.Read(_file, bytes, offset);

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(_file, bytes, _length);
            }
            catch (IOException error) when (Durable.IsDiskFull(error))
            {
                throw new DiskFullException($"{_path}: the disk is full", error);
            }

            _length += bytes.Length;
        }

        public override void Sync() => Durable.SyncBytes(_file, _path);

        public override void Dispose() => _stream.Dispose();
    }
}
