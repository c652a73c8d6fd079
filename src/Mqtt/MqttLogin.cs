using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace StreamEdge;

/// <summary>A mistake in an option that tells how a broker is reached.</summary>
/// <param name="Option">The option's property, of the source and the sink alike.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Remedy">What to write.</param>
/// <param name="Entry">The entry of an option that is a map.</param>
public readonly record struct MqttFault(string Option, string What, string Remedy, string? Entry = null);

/// <summary>How a broker is reached, as the user wrote it; the files with their full paths.</summary>
public sealed record MqttLogin(string Url, string? Version, string? ClientId, string? User, string? Password, string? Ca, string? Certificate, string? Key, MqttWill? Will)
{
    const int LongestText = 65_535;

    /// <summary>Settings of a login without faults.</summary>
    /// <param name="id">The client's id where none was written.</param>
    public MqttSettings Settings(string id) => MqttAddress.TryParse(Url, out var address, out _, out _)
        ? new()
        {
            Address = address,
            ClientId = ClientId ?? id,
            Version = Version == "5" ? MqttVersion.V5 : MqttVersion.V311,
            User = User,
            Password = Password,
            Authorities = Ca,
            Certificate = Certificate,
            Key = Key,
            Will = Will,
        }
        : throw new InvalidOperationException("its faults were not looked at");

    /// <summary>Every mistake in it.</summary>
    public IEnumerable<MqttFault> Faults()
    {
        if (!MqttAddress.TryParse(Url, out var address, out var what, out var remedy)) yield return new(nameof(Url), what, remedy);
        if (Version is not (null or "3.1.1" or "5")) yield return new(nameof(Version), $"there is no version '{Version}' of MQTT here", "write 3.1.1 or 5");
        if (ClientId is not null && WrongText(ClientId) is { } id) yield return new(nameof(ClientId), $"the client id {id}", "write a name, or leave it out");
        if (User is not null && WrongText(User) is { } user) yield return new(nameof(User), $"the user {user}", "write a name, or leave it out");
        if (Password is not null && User is null) yield return new(nameof(Password), "the password belongs to no user", "write 'user' too, or leave it out");
        if (Will is not null && WrongTopic(Will.Topic) is { } wrong) yield return new(nameof(Will), $"the will's topic {wrong}", "write it like gateways/hall-2/status", nameof(Will.Topic));
        if (Will is { Qos: < 0 or > 2 }) yield return new(nameof(Will), $"there is no QoS {Will.Qos}", "write 0, 1 or 2", nameof(Will.Qos));
        if (address is null) yield break;

        foreach (var (option, file) in new[] { (nameof(Ca), Ca), (nameof(Certificate), Certificate), (nameof(Key), Key) })
            if (file is not null && !address.Tls) yield return new(option, "certificates belong to a connection by TLS", "write mqtts:// in the address, or leave it out");
            else if (file is not null && WrongFile(file) is { } bad) yield return new(option, bad, "check its name, and the right to read it");
        if (address.Tls)
            foreach (var fault in FaultsOfFiles()) yield return fault;
    }

    /// <summary>What is wrong with a topic to publish to; null where nothing is.</summary>
    public static string? WrongTopic(string topic) =>
        topic.AsSpan().ContainsAny('+', '#') ? "has '+' or '#' in it, which only subscriptions have" : WrongText(topic);

    /// <summary>What is wrong with a text that goes to the broker; null where nothing is.</summary>
    public static string? WrongText(string text) =>
        text.Length == 0 ? "is empty"
        : text.Any(char.IsControl) ? "has a line break or a control character in it"
        : Encoding.UTF8.GetByteCount(text) > LongestText ? $"is longer than {LongestText:N0} bytes" : null;

    IEnumerable<MqttFault> FaultsOfFiles()
    {
        if (Ca is not null && WrongFile(Ca) is null && !HoldsCertificate(Ca)) yield return new(nameof(Ca), "the file holds no certificate", "write a file of certificates in PEM form ('-----BEGIN CERTIFICATE-----')");
        if (Certificate is null != Key is null) yield return Key is null ? new(nameof(Certificate), "the certificate has no key", "write both 'certificate' and 'key', or neither") : new(nameof(Key), "the key belongs to no certificate", "write both 'certificate' and 'key', or neither");
        if (Certificate is null || Key is null || WrongFile(Certificate) is not null || WrongFile(Key) is not null) yield break;
        if (!HoldsCertificate(Certificate)) yield return new(nameof(Certificate), "the file holds no certificate", "write a file of certificates in PEM form ('-----BEGIN CERTIFICATE-----')");
        // The library would ask for a pass phrase on the terminal, and wait for it.
        else if (File.ReadAllText(Key).Contains("ENCRYPTED", StringComparison.Ordinal)) yield return new(nameof(Key), "the key is encrypted, and there is nobody to ask for its pass phrase", $"write it without one: openssl pkey -in {Path.GetFileName(Key)} -out plain.key");
        else if (!Fits(Certificate, Key)) yield return new(nameof(Key), "the key does not belong to the certificate", "write the key that the certificate was made for");
    }

    static string? WrongFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error is FileNotFoundException or DirectoryNotFoundException ? $"there is no file '{Path.GetFileName(path)}'" : $"the file cannot be read: {error.Message}";
        }
    }

    static bool HoldsCertificate(string path)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(path);
            return found.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    static bool Fits(string certificate, string key)
    {
        try
        {
            using var both = X509Certificate2.CreateFromPemFile(certificate, key);
            return true;
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
