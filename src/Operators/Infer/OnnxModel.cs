using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace StreamEdge;

/// <summary>One tensor that an ONNX model takes or gives.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it holds: "float", "int64".</param>
/// <param name="Shape">Its lengths; -1 for one that is free.</param>
sealed record OnnxTensor(string Name, string Type, IReadOnlyList<int> Shape);

/// <summary>
/// An ONNX model, ready to score up to <see cref="Capacity"/> rows a call. The rows are written to
/// <see cref="Input"/> and the results read from <see cref="Output"/>: memory that never moves and that ONNX Runtime
/// works on directly. One thread, which never spins: the gateway's two cores have other work. A call allocates
/// nothing once its number of rows has been met before.
/// </summary>
sealed class OnnxModel : IDisposable
{
    readonly InferenceSession _session;
    readonly RunOptions _run = new();
    readonly List<OrtValue> _values = [];
    OrtIoBinding?[] _bindings = [];
    OnnxTensor _inputTensor = null!, _outputTensor = null!;
    float[] _input = [], _output = [];

    OnnxModel(byte[] onnx)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        _session = new InferenceSession(onnx, options);
        Inputs = [.. _session.InputMetadata.Select(Tensor)];
        Outputs = [.. _session.OutputMetadata.Select(Tensor)];
    }

    /// <summary>What the model takes.</summary>
    public IReadOnlyList<OnnxTensor> Inputs { get; }

    /// <summary>What the model gives.</summary>
    public IReadOnlyList<OnnxTensor> Outputs { get; }

    /// <summary>Most rows of a call.</summary>
    public int Capacity => _bindings.Length;

    /// <summary>Values of a row of the output.</summary>
    public int OutputSize { get; private set; }

    /// <summary>The input of all rows, one behind the other.</summary>
    public Span<float> Input => _input;

    /// <summary>The output of all rows, one behind the other.</summary>
    public ReadOnlySpan<float> Output => _output;

    /// <summary>Reads a model; says why where ONNX Runtime cannot.</summary>
    public static bool TryOpen(byte[] onnx, [MaybeNullWhen(false)] out OnnxModel model, out string why)
    {
        try
        {
            (model, why) = (new(onnx), "");
            return true;
        }
        catch (OnnxRuntimeException error)
        {
            (model, why) = (null, Reason(error));
            return false;
        }
    }

    /// <summary>Makes the buffers and scores one row of zeros, so that what the model cannot do shows now; says why where it cannot.</summary>
    /// <param name="input">The input to fill.</param>
    /// <param name="inputShape">Its shape behind the number of rows.</param>
    /// <param name="output">The output to read.</param>
    /// <param name="outputShape">Its shape behind the number of rows.</param>
    /// <param name="capacity">Most rows of a call.</param>
    /// <param name="why">Why the model cannot score.</param>
    public bool TryPrepare(string input, IReadOnlyList<int> inputShape, string output, IReadOnlyList<int> outputShape, int capacity, out string why)
    {
        (_inputTensor, _outputTensor) = (new(input, "float", inputShape), new(output, "float", outputShape));
        OutputSize = outputShape.Aggregate(1, (size, length) => size * length);
        _input = GC.AllocateArray<float>(capacity * inputShape.Aggregate(1, (size, length) => size * length), pinned: true);
        _output = GC.AllocateArray<float>(capacity * OutputSize, pinned: true);
        _bindings = new OrtIoBinding[capacity];
        try
        {
            Run(1);
            why = "";
            return true;
        }
        catch (OnnxRuntimeException error)
        {
            why = Reason(error);
            return false;
        }
    }

    /// <summary>Scores the first rows of <see cref="Input"/> into <see cref="Output"/>.</summary>
    public void Run(int rows)
    {
        Debug.Assert(rows > 0 && rows <= Capacity);
        _session.RunWithBinding(_run, _bindings[rows - 1] ??= Bind(rows));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var binding in _bindings) binding?.Dispose();
        foreach (var value in _values) value.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    // ONNX Runtime takes the number of rows from the shape, so each number has a binding, all over the same memory.
    OrtIoBinding Bind(int rows)
    {
        var binding = _session.CreateIoBinding();
        binding.BindInput(_inputTensor.Name, Value(_input, _inputTensor.Shape));
        binding.BindOutput(_outputTensor.Name, Value(_output, _outputTensor.Shape));
        return binding;

        OrtValue Value(float[] memory, IReadOnlyList<int> shape)
        {
            var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory.AsMemory(), [rows, .. shape]);
            _values.Add(value);
            return value;
        }
    }

    static OnnxTensor Tensor(KeyValuePair<string, NodeMetadata> node) => node.Value.IsTensor
        ? new(node.Key, TensorElementTypeOf(node.Value.ElementDataType), node.Value.Dimensions)
        : new(node.Key, node.Value.OnnxValueType.ToString()["ONNX_TYPE_".Length..].ToLowerInvariant(), []);

    static string TensorElementTypeOf(TensorElementType type) => type.ToString().ToLowerInvariant();

    // "[ErrorCode:InvalidArgument] Got invalid dimensions ..." in one line.
    static string Reason(OnnxRuntimeException error) =>
        error.Message[(error.Message.IndexOf(']') + 1)..].Trim().ReplaceLineEndings(" ");
}
