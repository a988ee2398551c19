using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DnsGuard.Lab;

/// <summary>Resolves names that nobody has asked for, and uses each answer the moment it is there. Runs at a client.</summary>
internal static class LateRun
{
    private const int AtOnce = 64;

    // A packet that was dropped is sent again after a second: whatever comes about sooner passed at the first try.
    private static readonly TimeSpan FirstTry = TimeSpan.FromMilliseconds(900);

    private static readonly IPAddress[] Servers = [IPAddress.Parse("10.1.1.1"), IPAddress.Parse("fd10:1:1::1")];

    /// <summary>Prints <c>names N dns-failures N late N slowest-ms N</c>, and what went wrong first.</summary>
    public static async Task<int> RunAsync(int names)
    {
        var numbers = new ConcurrentQueue<int>(Enumerable.Range(0, names));
        var (failures, late) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        var slowest = new long[AtOnce];
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(worker => Task.Run(async () =>
        {
            using var client = new DnsClient(Servers[worker % 2]);
            while (numbers.TryDequeue(out var number))
            {
                var name = $"n{number}.bench.lab";
                var asked = Stopwatch.GetTimestamp();
                if (await client.AskAsync(name, isIPv6: number % 2 == 1) is not { } address)
                {
                    failures.Enqueue($"{name} after {Stopwatch.GetElapsedTime(asked).TotalMilliseconds:0} ms");
                    continue;
                }

                var start = Stopwatch.GetTimestamp();
                var works = number % 4 < 2 ? await Prober.ConnectsAsync(address, 443, FirstTry) : await EchoesAsync(address, FirstTry);
                var took = Stopwatch.GetElapsedTime(start);
                slowest[worker] = Math.Max(slowest[worker], (long)took.TotalMilliseconds);
                if (!works)
                    late.Enqueue($"{name} {address} {(number % 4 < 2 ? "tcp" : "udp")} {took.TotalMilliseconds:0} ms");
            }
        })));
        Console.WriteLine($"names {names} dns-failures {failures.Count} late {late.Count} slowest-ms {slowest.Max()} seconds {watch.Elapsed.TotalSeconds:0.0}");
        foreach (var line in failures.Take(5).Concat(late.Take(5)))
            Console.WriteLine($"  {line}");
        return 0;
    }

    private static async Task<bool> EchoesAsync(IPAddress address, TimeSpan patience)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        using var bound = new CancellationTokenSource(patience);
        try
        {
            await socket.ConnectAsync(address, EchoServer.UdpPort, bound.Token);
            await socket.SendAsync("hello"u8.ToArray(), bound.Token);
            return await socket.ReceiveAsync(new byte[16], bound.Token) == 5;
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            return false;
        }
    }
}
