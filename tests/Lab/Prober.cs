using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DnsGuard.Lab;

/// <summary>Tries to reach addresses, and says which of them could be.</summary>
internal static class Prober
{
    private const int AtOnce = 512;
    // Long enough for a second try: a packet that was lost on a busy machine must not pass for one that was dropped.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1_300);

    /// <summary>Probes ranges such as <c>100.2.0.0+4096</c>; prints <c>open N of M</c>, and some of them.</summary>
    public static async Task<int> RunAsync(IEnumerable<string> ranges)
    {
        var addresses = ranges.SelectMany(Expand).ToList();
        var open = new ConcurrentBag<IPAddress>();
        await Parallel.ForEachAsync(addresses, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (address, _) =>
        {
            if (await ConnectsAsync(address, EchoServer.UdpPort, Patience))
                open.Add(address);
        });
        Console.WriteLine($"open {open.Count} of {addresses.Count} {string.Join(' ', open.Take(5))}");
        return 0;
    }

    /// <summary>Does a TCP connection come about in time?</summary>
    public static async Task<bool> ConnectsAsync(IPAddress address, int port, TimeSpan patience)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // Gone at once: thousands of these must not wait for anything.
        socket.LingerState = new LingerOption(enable: true, 0);
        using var bound = new CancellationTokenSource(patience);
        try
        {
            await socket.ConnectAsync(address, port, bound.Token);
            return true;
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            return false;
        }
    }

    private static IEnumerable<IPAddress> Expand(string range)
    {
        var parts = range.Split('+');
        var octets = IPAddress.Parse(parts[0]).GetAddressBytes();
        for (var left = int.Parse(parts[1]); left > 0; left--)
        {
            yield return new IPAddress(octets);
            for (var i = octets.Length - 1; ++octets[i] == 0; i--)
            {
                // The carry goes on to the next octet.
            }
        }
    }
}
