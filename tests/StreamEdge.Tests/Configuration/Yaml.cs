using System.Text;

namespace StreamEdge;

/// <summary>Reads YAML texts in tests.</summary>
static class Yaml
{
    public const string File = "press.yaml";

    /// <summary>A text that has no faults.</summary>
    public static MapNode Read(string text)
    {
        var faults = new Faults(File);
        var root = YamlReader.Read(Encoding.UTF8.GetBytes(text), faults);
        Assert.Empty(faults.Items);
        return root!;
    }

    /// <summary>The faults of a text, a line each.</summary>
    public static string FaultsOf(string text) => FaultsOf(Encoding.UTF8.GetBytes(text));

    /// <summary>The faults of a file's bytes, a line each.</summary>
    public static string FaultsOf(byte[] bytes, string file = File)
    {
        var faults = new Faults(file);
        var root = YamlReader.Read(bytes, faults);
        Assert.True(root is not null || faults.Any, "nothing was read and nothing was said");
        return string.Join('\n', faults.Items);
    }

    public static string Text(this Node? node) => Assert.IsType<ScalarNode>(node).Text;
}
