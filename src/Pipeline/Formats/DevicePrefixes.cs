namespace StreamEdge;

/// <summary>What stands in every line of one device, as bytes: made when the device is first met, kept from then on.</summary>
/// <param name="keys">The devices.</param>
/// <param name="write">Writes the bytes of a device with these tag values.</param>
sealed class DevicePrefixes(KeyTable keys, DevicePrefixes.Writing write)
{
    byte[]?[] _prefixes = new byte[]?[16];

    public delegate void Writing(ByteBuffer to, ReadOnlySpan<string> tags);

    public ReadOnlySpan<byte> this[int device] =>
        (uint)device < (uint)_prefixes.Length && _prefixes[device] is { } known ? known : Make(device);

    byte[] Make(int device)
    {
        using var text = new ByteBuffer();
        write(text, keys.Tags(device));
        if (device >= _prefixes.Length) Array.Resize(ref _prefixes, Math.Max(2 * _prefixes.Length, device + 1));
        return _prefixes[device] = text.Written.ToArray();
    }
}
