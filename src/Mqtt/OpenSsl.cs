using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>
/// Two things that libmosquitto does not do with its TLS connection: say why a certificate was refused, and send a ping
/// past the acknowledgements that wait. Taken from the OpenSSL that libmosquitto itself has loaded.
/// </summary>
static unsafe class OpenSsl
{
    static readonly nint s_ssl = Load("libssl.so.3", "libssl.so.1.1"), s_crypto = Load("libcrypto.so.3", "libcrypto.so.1.1");
    static readonly delegate* unmanaged[Cdecl]<nint, long> s_result = (delegate* unmanaged[Cdecl]<nint, long>)Find(s_ssl, "SSL_get_verify_result");
    static readonly delegate* unmanaged[Cdecl]<nint, byte*, int, int> s_write = (delegate* unmanaged[Cdecl]<nint, byte*, int, int>)Find(s_ssl, "SSL_write");
    static readonly delegate* unmanaged[Cdecl]<long, nint> s_words = (delegate* unmanaged[Cdecl]<long, nint>)Find(s_crypto, "X509_verify_cert_error_string");

    /// <summary>Why the other side's certificate was refused: <c>certificate has expired</c>; null where it was not, or nobody can tell.</summary>
    public static string? WhyRefused(nint ssl)
    {
        if (ssl == 0 || s_result == null || s_words == null) return null;
        var result = s_result(ssl);
        return result == 0 ? null : Marshal.PtrToStringUTF8(s_words(result));
    }

    /// <summary>Sends a few bytes; false where they did not go out whole.</summary>
    public static bool Write(nint ssl, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes) return s_write != null && s_write(ssl, first, bytes.Length) == bytes.Length;
    }

    static nint Load(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (NativeLibrary.TryLoad(name, out var library)) return library;
        return 0;
    }

    static nint Find(nint library, string name) => library != 0 && NativeLibrary.TryGetExport(library, name, out var function) ? function : 0;
}
