using System.Diagnostics;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Tests;

public sealed class Probe
{
    [Fact]
    public async Task Run()
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com }"), sync: new SyncOptions { MaxAddressesPerName = 1_000_000 });
        var lines = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            if (round == 2)
            {
                for (var i = 0; i < 100; i++)
                    await gateway.Target.OpenAsync([.. Enumerable.Range(i * 1000, 1000).Select(n => Entry(0x64000000u + (uint)n))]);
            }

            var times = new List<double>();
            for (var i = 0; i < 3000; i++)
            {
                var entry = Entry((uint)((round << 24) + 0x0B000000 + i));
                var start = Stopwatch.GetTimestamp();
                await gateway.Target.OpenAsync([entry]);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                if (round < 2)
                    gateway.Target.Close([entry.Entry]);
            }

            times.Sort();
            lines.Add($"round {round}: median {times[1500]:F1} us p99 {times[2970]:F1} us max {times[^1]:F1}");
        }

        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 300; i++)
            gateway.Open("example.com", string.Join(' ', Enumerable.Range(i * 500, 500).Select(n => $"100.{n >> 16}.{(n >> 8) & 255}.{n & 255}")), ttl: 3600);
        lines.Add($"300 k entries through the ledger {watch.Elapsed}");
        lines.Add($"wanted {gateway.Wanted().Count} {string.Join(";", gateway.Log.Of(3003))} {string.Join(";", gateway.Log.Of(3002))}");
        var table = new NftTable(gateway.Network.Run(() => new DnsGuard.Sync.Netlink.NftConnection()), "dnsguard");
        watch.Restart(); lines.Add($"read {table.ReadElements(new NftSet("web", true, null)).Count} {watch.Elapsed}");
        watch.Restart(); gateway.Compare(); lines.Add($"compare 300 k {watch.Elapsed}");
        gateway.Kernel.Do("flush ruleset");
        watch.Restart(); gateway.Repair(); lines.Add($"rebuild 300 k {watch.Elapsed} {gateway.Target.Status.State} {gateway.Target.Status.Detail}");
        lines.Add($"elements {gateway.Kernel.AllElements().Count} wanted {gateway.Wanted().Count} {gateway.Target.Status} {string.Join(";", gateway.Log.Of(3003))} {string.Join(";", gateway.Log.Of(3002))}"); watch.Restart(); gateway.Ledger.Sweep(); lines.Add($"sweep 300 k {watch.Elapsed}");
        watch.Restart(); gateway.Ledger.Rejudge(gateway.Policy.Current); lines.Add($"rejudge 300 k {watch.Elapsed}");
        await File.WriteAllLinesAsync("/tmp/probe.txt", lines);
    }

    private static TimedEntry Entry(uint address) => new(new AllowEntry("web", Wire.Records.InternetAddress.FromIPv4(address), new PortRange(TransportProtocol.Tcp, 443, 443)), TimeSpan.FromHours(1), "www.example.com", false);
}
