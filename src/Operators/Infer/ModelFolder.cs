using System.Security.Cryptography;

namespace StreamEdge;

/// <summary>A model on disk: <c>models/NAME/VERSION/</c> with <c>model.yaml</c> and <c>model.onnx</c>.</summary>
public sealed class ModelFolder
{
    const long MostBytes = 512L << 20;

    ModelFolder(string path, ModelContract contract, BoundOptions bound, byte[] onnx) => (Path, Contract, Bound, Onnx) = (path, contract, bound, onnx);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The file with the contract.</summary>
    public string Yaml => YamlIn(Path);

    /// <summary>What <c>model.yaml</c> says.</summary>
    public ModelContract Contract { get; }

    /// <summary>The bytes of <c>model.onnx</c>; their SHA-256 is the contract's.</summary>
    internal byte[] Onnx { get; }

    /// <summary>The contract with its places in the file.</summary>
    internal BoundOptions Bound { get; }

    /// <summary>Reads and checks a model.</summary>
    /// <exception cref="PipelineException">The folder lacks a file, or <c>model.yaml</c> has mistakes.</exception>
    public static ModelFolder Read(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        var yaml = YamlIn(path);
        var faults = new Faults(yaml);
        var text = ReadLimited(yaml, yaml, YamlReader.MaxBytes);
        var root = YamlReader.Read(text, faults);
        faults.ThrowIfAny();
        var bound = OptionsBinder.Bind(typeof(ModelContract), "model", root!, faults);
        faults.ThrowIfAny();
        var contract = (ModelContract)bound.Value;
        contract.Check(bound, faults);
        CheckName(path, contract, bound, faults);
        faults.ThrowIfAny();
        var onnx = ReadLimited(System.IO.Path.Combine(path, "model.onnx"), yaml, MostBytes);
        if (!Sha256Of(onnx).Equals(contract.Sha256, StringComparison.OrdinalIgnoreCase))
            faults.Add(bound.PositionOf(nameof(ModelContract.Sha256)), "model.onnx is not the file that this contract was written for", $"its sha256 is {Sha256Of(onnx)}");
        faults.ThrowIfAny();
        return new(path, contract, bound, onnx);
    }

    /// <summary>
    /// Writes a model. It appears whole or not at all: it is written beside its place, then moved there. The
    /// contract's SHA-256 is filled in.
    /// </summary>
    /// <param name="path">The folder; must not exist, unless <paramref name="replace"/>.</param>
    /// <param name="contract">What to write into <c>model.yaml</c>.</param>
    /// <param name="onnx">The bytes of <c>model.onnx</c>.</param>
    /// <param name="replace">Whether a model that is there already gives way.</param>
    public static void Write(string path, ModelContract contract, byte[] onnx, bool replace = false)
    {
        path = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(path) && !replace) throw new IOException($"{path} exists already");
        var (fresh, old) = ($"{path}.new", $"{path}.old");
        Remove(fresh);
        Remove(old);
        Directory.CreateDirectory(fresh);
        File.WriteAllBytes(System.IO.Path.Combine(fresh, "model.onnx"), onnx);
        File.WriteAllText(YamlIn(fresh), ModelYaml.Write(contract with { Sha256 = Sha256Of(onnx) }));
        if (Directory.Exists(path)) Directory.Move(path, old);
        Directory.Move(fresh, path);
        Remove(old);

        static void Remove(string folder)
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Fails now, and not behind a long training, where a model could not be written.</summary>
    internal static void CheckWritable(string path)
    {
        if (File.Exists(path)) throw new IOException($"{path} is a file, not a folder");
        // Tried in the nearest folder that is there, so that a training without a model leaves none behind.
        var folder = System.IO.Path.GetDirectoryName(path)!;
        while (!System.IO.Path.Exists(folder)) folder = System.IO.Path.GetDirectoryName(folder)!;
        var tried = System.IO.Path.Combine(folder, $"{System.IO.Path.GetFileName(path)}.new");
        Directory.CreateDirectory(tried);
        Directory.Delete(tried, recursive: true);
    }

    /// <summary>Splits NAME@VERSION; false where the text is something else.</summary>
    internal static bool TrySplit(string model, out string name, out string version)
    {
        var parts = model.Split('@');
        (name, version) = parts.Length == 2 ? (parts[0], parts[1]) : ("", "");
        return IsWord(name) && IsWord(version);

        // A word of a path, and no way out of the models folder.
        static bool IsWord(string text) => text.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }

    /// <summary>The models in these folders as NAME@VERSION, in order.</summary>
    internal static IReadOnlyList<string> All(IEnumerable<string> folders) =>
    [
        .. from folder in folders
           from name in Directory.EnumerateDirectories(folder)
           from version in Directory.EnumerateDirectories(name)
           where File.Exists(YamlIn(version))
           let model = $"{System.IO.Path.GetFileName(name)}@{System.IO.Path.GetFileName(version)}"
           orderby model
           select model
    ];

    static void CheckName(string path, ModelContract contract, BoundOptions bound, Faults faults)
    {
        var (name, version) = (System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path)), System.IO.Path.GetFileName(path));
        if (contract.Name != name) faults.Add(bound.PositionOf(nameof(ModelContract.Name)), $"the model is called {Visible.Quote(contract.Name)}, but its folder '{name}'", "give both the same name");
        if (contract.Version != version) faults.Add(bound.PositionOf(nameof(ModelContract.Version)), $"the model's version is {Visible.Quote(contract.Version)}, but its folder is '{version}'", "give both the same version");
    }

    static byte[] ReadLimited(string file, string blamed, long limit)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length > limit) throw new PipelineException(new Fault(blamed, Position.Start, $"{System.IO.Path.GetFileName(file)} has {stream.Length:N0} bytes, more than {limit:N0}", "export a smaller model"));
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException(new Fault(blamed, Position.Start, $"{System.IO.Path.GetFileName(file)} cannot be read: {error.Message}", "check its name and its rights"));
        }
    }

    static string YamlIn(string folder) => System.IO.Path.Combine(folder, "model.yaml");

    static string Sha256Of(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
