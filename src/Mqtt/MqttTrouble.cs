using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>Why there is no connection, and whether that passes by itself.</summary>
/// <param name="Text">A clause that follows "the broker": <c>cannot be reached (Connection refused)</c>.</param>
/// <param name="Passes">Whether it may be over in a second; otherwise a person has to put it right.</param>
sealed record MqttTrouble(string Text, bool Passes = true)
{
    /// <summary>What an attempt to connect was answered.</summary>
    public static MqttTrouble OfAnswer(int reason, MqttSettings settings)
    {
        var (text, login) = settings.Version == MqttVersion.V5
            ? (MqttHandle.ReasonText(reason), reason is 0x86 or 0x87 or 0x8C)
            : (reason switch { 1 => "unsupported version", 2 => "client id refused", 3 => "server unavailable", 4 => "bad user name or password", _ => "not authorized" }, reason is 4 or 5);
        return login ? new($"refuses the login ({text}); check 'user' and 'password'{(settings.Address.Tls ? ", 'certificate' and 'key'" : "")}", Passes: false)
            : reason is 1 or 0x84 ? new($"does not speak this version of MQTT; write 'version: {(settings.Version == MqttVersion.V5 ? "3.1.1" : "5")}'", Passes: false)
            : reason is 2 or 0x85 ? new($"refuses the client id '{settings.ClientId}'; write another 'client_id'", Passes: false)
            : new($"refuses the connection ({text})");
    }

    /// <summary>What the library returned, with what it and the operating system said.</summary>
    public static MqttTrouble OfError(int error, int system, string? said, bool wasUp, MqttSettings settings)
    {
        if (settings.Address.Tls && said is not null) return OfTls(said, settings);
        // With its last words lost on the way: a broker that refuses a certificate resets the connection.
        if (settings.Address.Tls && !wasUp && (error == Mosquitto.ConnectionLost || system == Posix.ProtocolError)) return new("broke off before it let the gateway in, as it does where it refuses the client's certificate; check 'certificate' and 'key'");
        return new(error switch
        {
            Mosquitto.NoSuchName => "cannot be found: its name is not known",
            Mosquitto.ConnectionLost => "closed the connection",
            Mosquitto.KeepAlive => "does not answer any more",
            Mosquitto.SystemError when system != 0 => $"cannot be reached ({Marshal.GetPInvokeErrorMessage(system)})",
            _ => $"cannot be reached ({MqttHandle.ErrorText(error).TrimEnd('.')})",
        });
    }

    static MqttTrouble OfTls(string said, MqttSettings settings)
    {
        if (said.Contains("host name verification", StringComparison.Ordinal)) return new($"has a certificate that is not for the name '{settings.Address.Host}'", Passes: false);
        var alert = said.LastIndexOf("::", StringComparison.Ordinal) is >= 0 and var at ? said[(at + 2)..] : said;
        if (said.Contains("alert", StringComparison.Ordinal)) return new($"refuses the client's certificate ({alert}); check 'certificate' and 'key'", Passes: false);
        if (said.Contains("OpenSSL", StringComparison.Ordinal) || said.StartsWith("Error", StringComparison.Ordinal)) return new($"cannot be spoken to by TLS ({alert})", Passes: false);
        return new($"has a certificate that is not trusted ({said})", Passes: false);
    }
}
