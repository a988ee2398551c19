using System.Net;
using System.Net.Sockets;

namespace DnsGuard.TestKit;

/// <summary>A small Internet in this process: authoritative servers on loopback addresses of a /24 of its own, all at one port.</summary>
public class ToyInternet : IDisposable
{
    // Each internet of the process has a /24 of its own, so that tests in parallel do not meet.
    private static int s_networks;

    private readonly int _network = Interlocked.Increment(ref s_networks);
    private readonly List<ToyServer> _servers = [];

    /// <summary>Makes an internet with a root server that delegates each of the names to the server with the number beside it.</summary>
    /// <param name="delegations">Lines of the root zone.</param>
    public ToyInternet(string delegations = "")
    {
        for (var tries = 0; Port == 0; tries++)
        {
            // Below the ports that the kernel hands out by itself, so that no socket of ours can be in the way.
            var port = Random.Shared.Next(15_000, 32_000);
            try
            {
                Root = new ToyServer(new IPEndPoint(IPAddress.Parse(At(1)), port));
                Port = port;
            }
            catch (SocketException) when (tries < 50)
            {
                // Taken; try another.
            }
        }

        _servers.Add(Root!);
        Root!.With(".", ". 3600 IN NS root.toy.\nroot.toy. 3600 IN A " + At(1) + "\n" + Expand(delegations));
    }

    public int Port { get; private set; }

    public ToyServer Root { get; } = null!;

    /// <summary>Hints that lead to the root server.</summary>
    public string Hints => $". 3600 IN NS root.toy.\nroot.toy. 3600 IN A {At(1)}\n";

    /// <summary>Queries to all servers so far.</summary>
    public int Asked => _servers.Sum(server => server.Asked.Count);

    /// <summary>The address of the server with a number.</summary>
    public string At(int number) => $"127.{64 + (_network >> 8)}.{_network & 255}.{number}";

    /// <summary>Starts the server with a number; 1 is the root's.</summary>
    public ToyServer Server(int number)
    {
        var server = new ToyServer(new IPEndPoint(IPAddress.Parse(At(number)), Port));
        _servers.Add(server);
        return server;
    }

    /// <summary>Starts a server with one zone.</summary>
    public ToyServer Server(int number, string apex, string text) => Server(number).With(apex, Expand(text));

    /// <summary>Replaces <c>@7</c> by the address of server 7.</summary>
    public string Expand(string text)
    {
        for (var number = 99; number > 0; number--)
            text = text.Replace($"@{number} ", At(number) + " ", StringComparison.Ordinal).Replace($"@{number}\n", At(number) + "\n", StringComparison.Ordinal);
        return text;
    }

    public void Dispose()
    {
        foreach (var server in _servers)
            server.Dispose();
    }
}
