namespace StreamEdge;

public class DiskFilesTests
{
    [Fact]
    public void Bytes_are_appended_read_synced_and_renamed_in_a_folder_of_its_owner()
    {
        using var temp = new TempFolder();
        var folder = temp.PathOf("state");
        var files = new DiskFiles(folder);
        using (var file = files.Create("a.new"))
        {
            file.Append("one "u8);
            file.Append("two"u8);
            file.Sync();
            var bytes = new byte[10];
            Assert.Equal((7, 5), (file.Length, file.Read(2, bytes)));
            Assert.Equal("e two"u8, bytes.AsSpan(0, 5));
        }

        files.Rename("a.new", "a");
        files.Create("b").Dispose();
        files.SyncFolder();

        Assert.Equal(["a", "b"], files.Names());
        Assert.Equal("one two", File.ReadAllText(Path.Combine(folder, "a")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "a")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }

        files.Remove("b");
        Assert.Equal(["a"], files.Names());
        Assert.Throws<FileNotFoundException>(() => files.Open("b"));
    }

    [Fact]
    public void What_stands_behind_an_opened_file_is_appended_to_it()
    {
        using var temp = new TempFolder();
        var files = new DiskFiles(temp.Path);
        using (var file = files.Create("a")) file.Append("one"u8);
        using (var file = files.Open("a")) file.Append(" two"u8);

        Assert.Equal("one two", File.ReadAllText(temp.PathOf("a")));
    }
}
