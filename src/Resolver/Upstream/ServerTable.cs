using System.Net;
using System.Net.Sockets;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Upstream.Ports;
using DnsGuard.Wire.Names;

namespace DnsGuard.Resolver.Upstream;

/// <summary>What we know of other servers: smoothed round-trip time, back-off, what they can do, and for which zones they are of no use. Bounded; under one lock.</summary>
internal sealed class ServerTable(TimeProvider time)
{
    private const int MaxServers = 20_000;

    // A server never asked is taken to be near, so that it gets its chance.
    private const double UnknownMilliseconds = 50;

    // Servers within this of the best are as good as the best; choosing among them makes the next server unpredictable (Unbound: 400 ms).
    private const double BandMilliseconds = 120;

    // One question in so many goes to a slower server first: otherwise nobody would notice that it has become quick.
    private const int ExploreOneIn = 50;

    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LamePeriod = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan HabitPeriod = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan FamilyPeriod = TimeSpan.FromSeconds(60);

    private readonly Dictionary<IPEndPoint, Entry> _servers = [];
    private readonly Dictionary<(IPEndPoint, DomainName), long> _lame = [];
    private readonly Lock _lock = new();
    private long _noIPv6Until = long.MinValue;

    /// <summary>Sorts servers by how soon they should answer: useless ones and those in back-off last, those within a band in random order.</summary>
    public IReadOnlyList<UpstreamServer> Order(IReadOnlyList<UpstreamServer> servers, DomainName zone)
    {
        if (servers.Count <= 1)
            return servers;
        lock (_lock)
        {
            var now = Moment.MonotonicOf(time);
            var known = servers.Select(server => (Server: server, Entry: _servers.GetValueOrDefault(server.Endpoint) ?? Entry.Unknown, Penalty: PenaltyLocked(server.Endpoint, zone, now))).ToList();
            var best = known.Where(server => server.Penalty == 0).Select(server => server.Entry.Milliseconds).DefaultIfEmpty(0).Min();
            var explores = Unpredictable.Below(ExploreOneIn) == 0;
            return [.. known
                .OrderBy(server => server.Penalty)
                .ThenBy(server => explores || server.Entry.Milliseconds <= best + BandMilliseconds ? 0 : server.Entry.Milliseconds)
                .ThenBy(_ => Unpredictable.Below(int.MaxValue))
                .Select(server => server.Server)];
        }
    }

    /// <summary>How long to wait for a server: four times what it usually takes.</summary>
    public TimeSpan Timeout(IPEndPoint server, TimeSpan longest)
    {
        lock (_lock)
        {
            var milliseconds = (_servers.GetValueOrDefault(server)?.Milliseconds ?? (UnknownMilliseconds * 2)) * 4;
            return TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, Math.Min(250, longest.TotalMilliseconds), longest.TotalMilliseconds));
        }
    }

    /// <summary>What a server is known to do.</summary>
    public ServerHabits Habits(IPEndPoint server)
    {
        lock (_lock)
        {
            return _servers.TryGetValue(server, out var entry) && entry.HabitsUntil > Moment.MonotonicOf(time) ? entry.Habits : ServerHabits.Usual;
        }
    }

    /// <summary>Notes what a server does.</summary>
    public void Note(IPEndPoint server, Func<ServerHabits, ServerHabits> change)
    {
        lock (_lock)
        {
            var now = Moment.MonotonicOf(time);
            var entry = _servers.GetValueOrDefault(server) ?? Entry.Unknown;
            var habits = change(entry.HabitsUntil > now ? entry.Habits : ServerHabits.Usual);
            PutLocked(server, entry with { Habits = habits, HabitsUntil = now + (long)HabitPeriod.TotalMilliseconds });
        }
    }

    /// <summary>Notes an answer.</summary>
    public void Answered(IPEndPoint server, TimeSpan roundTrip)
    {
        lock (_lock)
        {
            var isKnown = _servers.TryGetValue(server, out var entry);
            entry ??= Entry.Unknown;
            var milliseconds = isKnown ? (0.7 * entry.Milliseconds) + (0.3 * roundTrip.TotalMilliseconds) : roundTrip.TotalMilliseconds;
            PutLocked(server, entry with { Milliseconds = milliseconds, Failures = 0, RetryAt = 0 });
        }
    }

    /// <summary>Notes silence or refusal: the server is asked last for a while, twice as long each time.</summary>
    public void Failed(IPEndPoint server)
    {
        lock (_lock)
        {
            var entry = _servers.GetValueOrDefault(server) ?? Entry.Unknown;
            var backOff = TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, Math.Pow(2, entry.Failures)));
            PutLocked(server, entry with
            {
                Milliseconds = Math.Min(entry.Milliseconds * 2, 5_000),
                Failures = Math.Min(entry.Failures + 1, 16),
                RetryAt = Moment.MonotonicOf(time) + (long)backOff.TotalMilliseconds,
            });
        }
    }

    /// <summary>Notes that a server answers, but not usefully for a zone (lame delegation, RFC 1912 §2.8).</summary>
    public void IsLameFor(IPEndPoint server, DomainName zone)
    {
        lock (_lock)
        {
            if (_lame.Count >= MaxServers)
                _lame.Clear();
            _lame[(server, zone)] = Moment.MonotonicOf(time) + (long)LamePeriod.TotalMilliseconds;
        }
    }

    /// <summary>Has none of the servers answered lately?</summary>
    public bool AreAllDown(IEnumerable<UpstreamServer> servers)
    {
        lock (_lock)
        {
            var now = Moment.MonotonicOf(time);
            return servers.All(server => _servers.TryGetValue(server.Endpoint, out var entry) && entry.RetryAt > now);
        }
    }

    /// <summary>Notes that there is no way to IPv6 from here: those servers come last for a while.</summary>
    public void HasNoWay(AddressFamily family)
    {
        if (family is AddressFamily.InterNetworkV6)
            Volatile.Write(ref _noIPv6Until, Moment.MonotonicOf(time) + (long)FamilyPeriod.TotalMilliseconds);
    }

    private int PenaltyLocked(IPEndPoint server, DomainName zone, long now) =>
        (server.AddressFamily is AddressFamily.InterNetworkV6 && _noIPv6Until > now) || _lame.GetValueOrDefault((server, zone)) > now ? 2
        // Without EDNS there are no signatures: such a server is for want of a better one.
        : _servers.TryGetValue(server, out var entry) && (entry.RetryAt > now || (!entry.Habits.KnowsEdns && entry.HabitsUntil > now)) ? 1 : 0;

    // Forgetting everybody now and then is cheap and needs no order to be kept: round trips are learnt again at once.
    private void PutLocked(IPEndPoint server, Entry entry)
    {
        if (_servers.Count >= MaxServers && !_servers.ContainsKey(server))
            _servers.Clear();
        _servers[server] = entry;
    }

    private sealed record Entry(double Milliseconds, int Failures, long RetryAt, ServerHabits Habits, long HabitsUntil)
    {
        public static Entry Unknown { get; } = new(UnknownMilliseconds, 0, 0, ServerHabits.Usual, long.MinValue);
    }
}

/// <summary>What a server has shown to do.</summary>
/// <param name="KnowsEdns">Does it answer queries with an OPT record?</param>
/// <param name="KeepsLetters">Does it return the QNAME with our letters?</param>
/// <param name="Cookie">The whole cookie it last gave us; empty where it gives none.</param>
internal sealed record ServerHabits(bool KnowsEdns, bool KeepsLetters, byte[] Cookie)
{
    /// <summary>What is expected of a server we know nothing about.</summary>
    public static ServerHabits Usual { get; } = new(true, true, []);
}
