using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamEdge;

/// <summary>Signs certificates, good ones and bad ones.</summary>
sealed class Authority
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    readonly X509Certificate2 _certificate;

    public Authority(string name)
    {
        var request = new CertificateRequest($"CN={name}", RSA.Create(2048), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _certificate = request.CreateSelfSigned(Now.AddYears(-10), Now.AddYears(10));
    }

    static DateTimeOffset Now => DateTimeOffset.UtcNow;

    public void Write(string path) => File.WriteAllText(path, _certificate.ExportCertificatePem());

    /// <summary>Writes NAME.crt and NAME.key.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="name">The name of the files, and of the client.</param>
    /// <param name="host">The host that it is for; null for 127.0.0.1 and localhost.</param>
    /// <param name="from">From when it is good, in days from now.</param>
    /// <param name="until">Until when.</param>
    /// <param name="use">What it may be used for.</param>
    /// <param name="selfSigned">Whether it signs itself.</param>
    public void Sign(string folder, string name, string? host = null, int from = -1, int until = 365, string use = ServerUse, bool selfSigned = false)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host ?? "localhost");
        if (host is null) names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        using var certificate = selfSigned ? request.CreateSelfSigned(Now.AddDays(from), Now.AddDays(until)) : request.Create(_certificate, Now.AddDays(from), Now.AddDays(until), Guid.NewGuid().ToByteArray());
        File.WriteAllText(Path.Combine(folder, $"{name}.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
