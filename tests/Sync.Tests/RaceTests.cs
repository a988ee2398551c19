using System.Collections.Concurrent;
using System.Diagnostics;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;

namespace DnsGuard.Sync.Tests;

/// <summary>Workers, an editor and the loop at once, on a real kernel.</summary>
public sealed class RaceTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Whatever_happens_at_once_the_kernel_ends_up_with_what_the_ledger_wants_and_no_answer_is_early()
    {
        using var network = new PrivateNetwork();
        var policy = new LivePolicy(Compile(0));
        using var metrics = new SyncMetrics();
        var log = new CollectedLog();
        using var enforcement = network.Run(() => new Enforcement(
            new SyncOptions { Tick = TimeSpan.FromMilliseconds(10), MaxAddressesPerName = 100_000, Targets = [new TargetOptions("gateway", TargetKind.Nftables) { Hold = TimeSpan.FromSeconds(4) }] }, policy, metrics, TimeProvider.System, log));
        await enforcement.StartAsync([]);
        using var eye = new KernelEye(network);
        var stop = new CancellationTokenSource(Duration);
        var early = new ConcurrentQueue<string>();
        var failed = new ConcurrentQueue<string>();
        var (opened, checkedOpen) = (0, 0);

        var workers = Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(() =>
        {
            var random = new Random(worker);
            while (!stop.IsCancellationRequested)
            {
                var snapshot = policy.Current;
                var name = $"n{random.Next(4)}.example.com";
                if (!Policies.IsAllowed(snapshot, name))
                    continue;
                // Some addresses are everybody's, so that names and edits meet on them; the others are new each time.
                var address = random.Next(2) == 0 ? $"192.0.2.{random.Next(20)}" : $"100.64.{worker}.{random.Next(256)}";
                var request = Policies.Request(snapshot, name, address, ttl: random.Next(3_600));
                var asked = Stopwatch.GetTimestamp();
                var result = enforcement.Ledger.OpenAsync(request, default).AsTask().GetAwaiter().GetResult();
                if (result.Status is not GrantStatus.Open)
                {
                    failed.Enqueue($"{result.Status} after {Stopwatch.GetElapsedTime(asked)}");
                    continue;
                }

                Interlocked.Increment(ref opened);
                // Only if nothing has been closed and no other policy is in force may we insist.
                var isThere = eye.Holds(address, 443);
                if (!ReferenceEquals(policy.Current, snapshot) || enforcement.Ledger.Epoch != result.Epoch)
                    continue;
                Interlocked.Increment(ref checkedOpen);
                if (!isThere)
                    early.Enqueue($"{name} {address}");
            }
        }, TaskCreationOptions.LongRunning)).ToList();

        var editor = new Random(99);
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(20 + editor.Next(60));
            policy.Publish(Compile(editor.Next(16)));
            foreach (var grant in enforcement.Ledger.List("web", Policies.Address($"192.0.2.{editor.Next(20)}"), null, null, 2))
                enforcement.Ledger.Revoke(grant.Id);
        }

        await Task.WhenAll(workers);
        // A second is promised for closing; after that there is nothing to repair.
        await Task.Delay(1_000);
        await enforcement.StopAsync();
        var kernel = new Kernel(network);
        var wanted = enforcement.Ledger.List(null, null, null, null, int.MaxValue).Select(grant => $"{grant.Address} . tcp . {grant.Ports.First}").Order(StringComparer.Ordinal);
        Assert.Equal(wanted, kernel.Elements("web.4").Select(element => element.Key).Order(StringComparer.Ordinal));
        Assert.Empty(early);
        Assert.Empty(failed);
        Assert.True(opened > 1_000 && checkedOpen > 200, $"{opened} opened, {checkedOpen} looked at: too few to mean anything");
        Assert.Empty(log.Mistakes);
        Assert.Equal(0, enforcement.Targets[0].Drift);
    }

    private static PolicySnapshot Compile(int bits) => Policies.Web([.. Enumerable.Range(0, 4).Where(i => (bits & (1 << i)) == 0).Select(i => $"{{ id: n{i}, allow: n{i}.example.com }}")]);
}
