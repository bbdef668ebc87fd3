using MonOPCO.Bench;

// ./monopco bench [engine|flat|steady|memory|race|host|web]: figures go to bench/results.md. The database cluster is the caller's (MONOPCO_BENCH_DB).
var report = new Report(args.ElementAtOrDefault(1) ?? "bench/results.md");
return args.FirstOrDefault() switch
{
    "memory" => await report.RunAsync(MemoryBench.RunAsync),
    "durable" => await report.RunAsync(DurableBench.RunAsync),
    "profile" => await report.RunAsync(Profile.RunAsync),
    "flat" => await report.RunAsync(FlatBench.RunAsync),
    "steady" => await report.RunAsync(SteadyBench.RunAsync),
    "host" => await report.RunAsync(HostBench.RunAsync),
    "web" => await report.RunAsync(WebBench.RunAsync),
    "race" => await report.RunAsync(RaceBench.RunAsync),
    "engine" => await report.RunAsync(MemoryBench.RunAsync, DurableBench.RunAsync),
    var other => Report.Unknown(other),
};
