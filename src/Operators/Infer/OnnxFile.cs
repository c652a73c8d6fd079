using Google.Protobuf;

namespace StreamEdge;

/// <summary>
/// Writes an ONNX file of matrix products, with a Relu between one and the next:
/// <c>output = relu(input · first) · second</c>. A file is a protobuf message (onnx.proto3 of ONNX 1.8); only the fields
/// that this graph needs are written, under their numbers there.
/// </summary>
public static class OnnxFile
{
    const int IrVersion = 7, Opset = 13, Float = 1;

    /// <summary>The file of a network.</summary>
    /// <param name="input">Name of the input: any number of rows, one value per row of the first matrix.</param>
    /// <param name="output">Name of the output: as many rows, one value per column of the last matrix.</param>
    /// <param name="layers">The matrices; one makes a linear network.</param>
    public static byte[] Network(string input, string output, params IReadOnlyList<double[,]> layers) => Message(model =>
    {
        Write(model, 1, IrVersion);
        Write(model, 2, "StreamEdge");
        Write(model, 7, Message(graph =>
        {
            for (var layer = 0; layer < layers.Count; layer++)
            {
                if (layer > 0) Write(graph, 1, Node("Relu", $"product{layer}", $"layer{layer}"));
                var (from, to) = (layer == 0 ? input : $"layer{layer}", layer == layers.Count - 1 ? output : $"product{layer + 1}");
                Write(graph, 1, Node("MatMul", from, to, $"weights{layer + 1}"));
            }

            Write(graph, 2, "network");
            for (var layer = 0; layer < layers.Count; layer++) Write(graph, 5, Matrix($"weights{layer + 1}", layers[layer]));
            Write(graph, 11, Rows(input, layers[0].GetLength(0)));
            Write(graph, 12, Rows(output, layers[^1].GetLength(1)));
        }));
        Write(model, 8, Message(opset => Write(opset, 2, Opset)));
    });

    // NodeProto: input, output, op_type.
    static byte[] Node(string operation, string from, string to, string? weights = null) => Message(node =>
    {
        Write(node, 1, from);
        if (weights is not null) Write(node, 1, weights);
        Write(node, 2, to);
        Write(node, 4, operation);
    });

    // TensorProto: dims, data_type, name, raw_data (little-endian).
    static byte[] Matrix(string name, double[,] values) => Message(tensor =>
    {
        var raw = new byte[values.Length * sizeof(float)];
        var at = 0;
        foreach (var value in values)
        {
            BitConverter.TryWriteBytes(raw.AsSpan(at), (float)value);
            at += sizeof(float);
        }

        Write(tensor, 1, values.GetLength(0));
        Write(tensor, 1, values.GetLength(1));
        Write(tensor, 2, Float);
        Write(tensor, 8, name);
        Write(tensor, 9, raw);
    });

    // ValueInfoProto: name, type { tensor_type { elem_type, shape { dim { dim_param }, dim { dim_value } } } }.
    static byte[] Rows(string name, int columns) => Message(value =>
    {
        Write(value, 1, name);
        Write(value, 2, Message(type => Write(type, 1, Message(tensor =>
        {
            Write(tensor, 1, Float);
            Write(tensor, 2, Message(shape =>
            {
                Write(shape, 1, Message(dimension => Write(dimension, 2, "batch")));
                Write(shape, 1, Message(dimension => Write(dimension, 1, columns)));
            }));
        }))));
    });

    static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var message = new CodedOutputStream(bytes, leaveOpen: true)) write(message);
        return bytes.ToArray();
    }

    static void Write(CodedOutputStream message, int field, long value)
    {
        message.WriteTag(field, WireFormat.WireType.Varint);
        message.WriteInt64(value);
    }

    static void Write(CodedOutputStream message, int field, string value)
    {
        message.WriteTag(field, WireFormat.WireType.LengthDelimited);
        message.WriteString(value);
    }

    static void Write(CodedOutputStream message, int field, byte[] value)
    {
        message.WriteTag(field, WireFormat.WireType.LengthDelimited);
        message.WriteBytes(ByteString.CopyFrom(value));
    }
}
