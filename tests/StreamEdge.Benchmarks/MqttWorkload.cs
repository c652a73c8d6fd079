using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace StreamEdge;

/// <summary>
/// Messages of QoS 1 from a real broker. They wait there in the session, so that no publisher takes part: what is timed
/// is from the connection to the last message. The yardstick is the plainest subscriber of libmosquitto, which throws
/// each message away; source and broker allow 1,000 in flight. Runs alternate.
/// </summary>
static unsafe partial class MqttWorkload
{
    const int Messages = 50_000, Pairs = 3;

    static readonly ManualResetEventSlim s_all = new();
    static int s_left;

    public static void Run()
    {
        var folder = Directory.CreateTempSubdirectory("streamedge-mqtt").FullName;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var configuration = Path.Combine(folder, "mosquitto.conf");
        File.WriteAllText(configuration, $"allow_anonymous true\nmax_inflight_messages 1000\nmax_queued_messages 0\nlog_type error\nlistener {port} 127.0.0.1\n");
        using var broker = Process.Start(new ProcessStartInfo(File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto", ["-c", configuration]))!;
        try
        {
            var (bare, source) = (new List<double>(), new List<double>());
            Through(port, folder, Messages / 10);
            Bare(port, Messages / 10);
            for (var pair = 0; pair < Pairs; pair++)
            {
                bare.Add(Bare(port, Messages));
                source.Add(Through(port, folder, Messages));
            }

            var (of, to) = (Measure.Median(source), Measure.Median(bare));
            Console.WriteLine($"mqtt {Messages:N0} JSON messages of QoS 1, 1,000 in flight: source {of:N0}/s, bare libmosquitto {to:N0}/s, ratio {to / of:0.00} of the time (each the median of {Pairs} runs: {string.Join(", ", source.Select(s => $"{s:N0}"))}; {string.Join(", ", bare.Select(b => $"{b:N0}"))})");
        }
        finally
        {
            broker.Kill();
            broker.WaitForExit();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Messages a second through the source, each a reading that a sink counts.</summary>
    static double Through(int port, string folder, int messages)
    {
        var yaml = $$"""
            pipeline: mqtt
            time: { format: ms }
            signals: { temp: { unit: degC } }
            steps:
              - collect: { mqtt: "mqtt://127.0.0.1:{{port}}", topic: "plant/{line}/{machine}/{signal}", client_id: source }
              - transmit: { count: { counting: true } }
            """;
        Plan Compile() => new Compiler(BuiltIn.Catalog().Sink<CountingOptions>("counting"), new Surroundings { StateFolder = folder }).Compile(Path.Combine(folder, "mqtt.yaml"), Encoding.UTF8.GetBytes(yaml));
        return Timed(port, messages, () => Collect(Compile().ToGraph(), () => 0), () => Collect(Compile().ToGraph(), () => messages));

        static void Collect(Graph graph, Func<long> until)
        {
            using var stop = new CancellationTokenSource();
            var running = graph.RunAsync(stop.Token);
            if (until() == 0) Task.Delay(500).Wait(); // only makes the session
            SpinWait.SpinUntil(() =>
            {
                Task.Delay(2).Wait();
                return graph.ReadLedger().Accounts[0].Passed >= until();
            });
            stop.Cancel();
            running.GetAwaiter().GetResult();
            if (graph.ReadLedger().Accounts[0].Dropped > 0) throw new InvalidOperationException("messages were dropped");
            graph.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    static double Bare(int port, int messages) => Timed(port, messages, () => Subscribe(port, 0), () => Subscribe(port, messages));

    static double Timed(int port, int messages, Action makeSession, Action receive)
    {
        makeSession();
        Publish(port, messages);
        var start = Stopwatch.GetTimestamp();
        receive();
        return messages / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static void Publish(int port, int messages)
    {
        using var client = Process.Start(new ProcessStartInfo("mosquitto_pub", ["-p", $"{port}", "-t", "plant/l1/m1/temp", "-q", "1", "-l"]) { RedirectStandardInput = true })!;
        for (var n = 0; n < messages; n++) client.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"v": {{20 + n % 50 / 10.0}}, "unit": "degC", "quality": "good", "ts": {{1_767_225_600_000 + n}}}"""));
        client.StandardInput.Close();
        client.WaitForExit();
    }

    /// <summary>The yardstick: the library's own thread, an empty callback.</summary>
    static void Subscribe(int port, int messages)
    {
        s_left = messages;
        s_all.Reset();
        var client = New("bare", false, 0);
        _ = SetReceive(client, 4, 1000);
        OnMessage(client, &Received);
        if (Connect(client, "127.0.0.1", port, 30) != 0) throw new InvalidOperationException("the bare subscriber is not let in");
        _ = Subscribe(client, 0, "plant/#", 1);
        _ = Start(client);
        if (messages == 0) Task.Delay(500).Wait();
        else s_all.Wait();
        _ = Disconnect(client);
        _ = Stop(client, 0);
        Destroy(client);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Received(nint client, nint user, nint message)
    {
        if (--s_left == 0) s_all.Set();
    }

    const string Library = "libmosquitto.so.1";

    [LibraryImport(Library, EntryPoint = "mosquitto_new", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint New(string id, [MarshalAs(UnmanagedType.U1)] bool clean, nint user);

    [LibraryImport(Library, EntryPoint = "mosquitto_int_option")]
    private static partial int SetReceive(nint client, int option, int value);

    [LibraryImport(Library, EntryPoint = "mosquitto_message_callback_set")]
    private static partial void OnMessage(nint client, delegate* unmanaged[Cdecl]<nint, nint, nint, void> call);

    [LibraryImport(Library, EntryPoint = "mosquitto_connect", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Connect(nint client, string host, int port, int keepAlive);

    [LibraryImport(Library, EntryPoint = "mosquitto_subscribe", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Subscribe(nint client, nint number, string filter, int qos);

    [LibraryImport(Library, EntryPoint = "mosquitto_loop_start")]
    private static partial int Start(nint client);

    [LibraryImport(Library, EntryPoint = "mosquitto_disconnect")]
    private static partial int Disconnect(nint client);

    [LibraryImport(Library, EntryPoint = "mosquitto_loop_stop")]
    private static partial int Stop(nint client, byte force);

    [LibraryImport(Library, EntryPoint = "mosquitto_destroy")]
    private static partial void Destroy(nint client);
}
