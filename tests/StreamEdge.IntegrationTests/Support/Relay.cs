using System.Net;
using System.Net.Sockets;

namespace StreamEdge;

/// <summary>A way to a server on loopback that can be cut.</summary>
sealed class Relay : IDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly List<Socket> _open = [];
    readonly int _to;

    public Relay(int to)
    {
        _to = to;
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address => $"mqtt://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Breaks off every connection, and takes no further one.</summary>
    public void Cut()
    {
        _listener.Stop();
        lock (_open)
            foreach (var socket in _open) socket.Close(timeout: 0);
    }

    public void Dispose() => Cut();

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await server.ConnectAsync(IPAddress.Loopback, _to);
                lock (_open) _open.AddRange([client, server]);
                _ = CopyAsync(client, server);
                _ = CopyAsync(server, client);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
        }
    }

    static async Task CopyAsync(Socket from, Socket to)
    {
        var bytes = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(bytes) is > 0 and var count) await to.SendAsync(bytes.AsMemory(0, count));
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
        }
    }
}
