using System.Net;
using System.Security.Cryptography;
using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.Upstream;

/// <summary>What we know of other servers: smoothed round-trip time and back-off, per address. Bounded; owned by itself, under one lock.</summary>
internal sealed class ServerTable(TimeProvider time)
{
    private const int MaxServers = 20_000;

    // A server never asked is taken to be near, so that it gets its chance.
    private const double UnknownMilliseconds = 50;

    // Servers within this of the best are as good as the best; choosing among them makes the next server unpredictable (Unbound: 400 ms).
    private const double BandMilliseconds = 120;

    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(60);

    private readonly Dictionary<IPEndPoint, Entry> _servers = [];
    private readonly Lock _lock = new();

    /// <summary>Sorts servers by how soon they should answer: those in back-off last, those within a band in random order.</summary>
    public List<IPEndPoint> Order(IReadOnlyCollection<IPEndPoint> servers)
    {
        lock (_lock)
        {
            var now = Moment.MonotonicOf(time);
            var known = servers.Select(server => (Server: server, Entry: _servers.GetValueOrDefault(server, new Entry(UnknownMilliseconds, 0, 0)))).ToList();
            var best = known.Where(server => server.Entry.RetryAt <= now).Select(server => server.Entry.Milliseconds).DefaultIfEmpty(0).Min();
            return [.. known
                .OrderBy(server => server.Entry.RetryAt > now)
                .ThenBy(server => server.Entry.Milliseconds <= best + BandMilliseconds ? 0 : server.Entry.Milliseconds)
                .ThenBy(_ => RandomNumberGenerator.GetInt32(int.MaxValue))
                .Select(server => server.Server)];
        }
    }

    /// <summary>How long to wait for a server: four times what it usually takes.</summary>
    public TimeSpan Timeout(IPEndPoint server, TimeSpan longest)
    {
        lock (_lock)
        {
            var milliseconds = _servers.GetValueOrDefault(server, new Entry(UnknownMilliseconds * 2, 0, 0)).Milliseconds * 4;
            return TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 250, longest.TotalMilliseconds));
        }
    }

    /// <summary>Notes an answer.</summary>
    public void Answered(IPEndPoint server, TimeSpan roundTrip)
    {
        lock (_lock)
        {
            var milliseconds = _servers.TryGetValue(server, out var entry)
                ? (0.7 * entry.Milliseconds) + (0.3 * roundTrip.TotalMilliseconds)
                : roundTrip.TotalMilliseconds;
            PutLocked(server, new Entry(milliseconds, 0, 0));
        }
    }

    /// <summary>Notes a failure: the server is asked last for a while, twice as long each time.</summary>
    public void Failed(IPEndPoint server)
    {
        lock (_lock)
        {
            var entry = _servers.GetValueOrDefault(server, new Entry(UnknownMilliseconds, 0, 0));
            var backOff = TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, Math.Pow(2, entry.Failures)));
            PutLocked(server, new Entry(Math.Min(entry.Milliseconds * 2, 5_000), entry.Failures + 1, Moment.MonotonicOf(time) + (long)backOff.TotalMilliseconds));
        }
    }

    // Forgetting everybody now and then is cheap and needs no order to be kept: round trips are learnt again at once.
    private void PutLocked(IPEndPoint server, Entry entry)
    {
        if (_servers.Count >= MaxServers)
            _servers.Clear();
        _servers[server] = entry;
    }

    private readonly record struct Entry(double Milliseconds, int Failures, long RetryAt);
}
