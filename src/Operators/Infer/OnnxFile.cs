using Google.Protobuf;

namespace StreamEdge;

/// <summary>
/// Writes an ONNX file that holds one matrix product: <c>output = input · weights</c>. A file is a protobuf message
/// (onnx.proto3 of ONNX 1.8); only the fields that this graph needs are written, under their numbers there.
/// </summary>
public static class OnnxFile
{
    const int IrVersion = 7, Opset = 13, Float = 1;

    /// <summary>The file of a linear network.</summary>
    /// <param name="input">Name of the input: any number of rows, one value per row of the weights.</param>
    /// <param name="output">Name of the output: as many rows, one value per column of the weights.</param>
    /// <param name="weights">The matrix.</param>
    public static byte[] Linear(string input, string output, double[,] weights) => Message(model =>
    {
        Write(model, 1, IrVersion);
        Write(model, 2, "StreamEdge");
        Write(model, 7, Message(graph =>
        {
            Write(graph, 1, Message(node =>
            {
                Write(node, 1, input);
                Write(node, 1, "weights");
                Write(node, 2, output);
                Write(node, 4, "MatMul");
            }));
            Write(graph, 2, "linear");
            Write(graph, 5, Matrix("weights", weights));
            Write(graph, 11, Rows(input, weights.GetLength(0)));
            Write(graph, 12, Rows(output, weights.GetLength(1)));
        }));
        Write(model, 8, Message(opset => Write(opset, 2, Opset)));
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
