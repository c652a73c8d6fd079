namespace StreamEdge;

/// <summary>The address of a broker: <c>mqtt://HOST:1883</c>, or <c>mqtts://HOST:8883</c> with TLS, perhaps with a topic as its path.</summary>
/// <param name="Host">Its name or IP address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Tls">Whether the connection is encrypted.</param>
/// <param name="Topic">The path, which is a topic; empty where there is none.</param>
public sealed record MqttAddress(string Host, int Port, bool Tls, string Topic)
{
    /// <summary>Reads an address; says what is wrong with it, and what to write, where it is none.</summary>
    public static bool TryParse(string text, out MqttAddress address, out string what, out string remedy)
    {
        (address, what, remedy) = (null!, "", "write mqtt://HOST or mqtts://HOST");
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            what = "a broker's address begins with mqtt:// or, with TLS, mqtts://";
            if (text.Length > 0 && Uri.TryCreate($"mqtt://{text}", UriKind.Absolute, out var meant) && meant.Host.Length > 0 && meant.UserInfo.Length == 0) remedy = $"write mqtt://{text}";
        }
        else if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0) what = "that is no address";
        else if (uri.Scheme is not ("mqtt" or "mqtts"))
        {
            what = uri.Scheme is "ws" or "wss" ? "MQTT over WebSockets is not spoken here" : $"{uri.Scheme} is not how a broker is reached";
            if (uri.Scheme is "tcp" or "ssl" or "tls") remedy = $"write {(uri.Scheme == "tcp" ? "mqtt" : "mqtts")}://{uri.Authority}";
        }
        else if (uri.UserInfo.Length > 0) (what, remedy) = ("the address has a user or a password in it, and would be shown in messages", "write them as 'user' and 'password'");
        else if (uri.Query.Length > 0) (what, remedy) = ("the address has a query in it", "take out what begins with '?'");
        else if (uri.Port == 0) (what, remedy) = ("there is no port 0", "write 1883, with TLS 8883, or leave the port out");
        else
        {
            var tls = uri.Scheme == "mqtts";
            // A fragment is a '#' in the topic, which is told there.
            address = new(uri.DnsSafeHost, uri.Port > 0 ? uri.Port : tls ? 8883 : 1883, tls, Uri.UnescapeDataString(uri.AbsolutePath).TrimStart('/') + uri.Fragment);
            return true;
        }

        return false;
    }

    /// <summary>The address without its topic.</summary>
    public override string ToString() => $"{(Tls ? "mqtts" : "mqtt")}://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";
}
