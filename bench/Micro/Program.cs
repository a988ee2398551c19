using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DnsGuard.Micro;

if (args.Contains("--check"))
    return AllocationCheck.Run();
if (args.Contains("--quick"))
    return AllocationCheck.Time(args.Length > 1 ? args[^1] : "");

// In this very process: nothing is generated or built, so what runs is what was built. Few iterations: the cores are shared.
var job = Job.Default
    .WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(4)
    .WithIterationCount(10);
var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .HideColumns(Column.Job, Column.Toolchain, Column.WarmupCount, Column.IterationCount)
    .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableOptimizationsValidator);
BenchmarkSwitcher.FromAssembly(typeof(AllocationCheck).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args, config);
return 0;
