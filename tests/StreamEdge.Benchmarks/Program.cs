using StreamEdge;

var workloads = new Dictionary<string, (string What, Action Run)>
{
    // First, so that no other workload has filled the process.
    ["memory"] = ("w1 once in a fresh process: peak of resident memory over the data", () => WindowWorkloads.RunMemory()),
    ["w1"] = ("10 M readings, 1,000 keys: filter, scale, tumbling windows of a second", () => WindowWorkloads.RunW1()),
    ["w2"] = ("the same, windows of 10 s every second", () => WindowWorkloads.RunW2()),
    ["windows"] = ("sessions, sliding, counted and calendar windows, and late readings that correct theirs, against tumbling windows", () => WindowWorkloads.RunKinds()),
    ["keys"] = ("tumbling windows of 1,000 to 1,000,000 keys against the plain loop; memory; the state of 100,000 keys", () => KeysWorkload.Run()),
    ["sliding"] = ("a window of each reading against a loop that gives the same rows", () => WindowWorkloads.RunSliding()),
    ["w4"] = ("1 M messages: JSON lines in, line protocol out", () => FormatWorkload.Run()),
    ["journal"] = ("2 M readings into the journal on the disk, with and without syncs, and back", () => JournalBenchmark.Run()),
    ["infer"] = ("512 rows a call through a 16-32-16 network: the whole step against the bare network", () => InferBenchmark.Run()),
    ["expressions"] = ("a derive of five operations, against a loop and against an interpreter", () => ExpressionBenchmark.Run()),
    ["steps"] = ("each clean, normalize and compress step against a loop for it", () => OperatorBenchmark.Run()),
    ["latency"] = ("10,000 readings a second through clean and normalize: arrival to sink", () => Latency.Run()),
    ["mqtt"] = ("50,000 messages of QoS 1 through the MQTT source, against a bare subscriber of libmosquitto", () => MqttWorkload.Run()),
    ["many"] = ("50 pipelines of 100 signals at 1 Hz for a minute: memory", () => Many.Run()),
};

if (args is ["steps", .. { Length: > 0 } steps] && steps.All(OperatorBenchmark.Steps.Contains))
{
    OperatorBenchmark.Run(steps);
    return 0;
}

if (args.Length == 0 || args.Any(a => a != "all" && !workloads.ContainsKey(a)))
{
    Console.WriteLine("Usage: ./bench all | WORKLOAD… | steps STEP…");
    foreach (var (name, (what, _)) in workloads) Console.WriteLine($"  {name,-11} {what}");
    Console.WriteLine($"STEP: {string.Join(", ", OperatorBenchmark.Steps)}");
    return args.Length == 0 ? 0 : 2;
}

foreach (var name in args is ["all"] ? workloads.Keys.ToArray() : args) workloads[name].Run();
return 0;
