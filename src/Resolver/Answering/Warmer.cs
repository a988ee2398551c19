using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.Caching;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>Keeps answers at hand for names with <c>warm: true</c>: fetched, and their addresses open, before anybody asks, and again before they end.</summary>
/// <remarks>So the first client of the day does not wait for a server on another continent, nor for an API that opens its addresses.</remarks>
internal sealed class Warmer(LivePolicy livePolicy, IGrantSink grants, AnswerCache cache, MissHandler misses, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // A restart must not ask for ten thousand names at once.
    private const int MostPerTurn = 100;

    // What fails is not asked for every second; and the shortest TTL, five seconds, is met in time all the same.
    private const long PauseMilliseconds = 2_500;
    private const long LeastLeft = 2_000;

    private readonly Dictionary<(string Group, DomainName Name, RecordType Type), long> _notBefore = [];
    private readonly byte[] _scratch = new byte[AnswerCache.ScratchOctets];
    private IReadOnlyList<(GroupSnapshot Group, DomainName Name)> _wanted = [];
    private PolicySnapshot? _seen;

    /// <summary>Turns until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
                Turn();
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    /// <summary>One look at all names.</summary>
    internal void Turn()
    {
        var snapshot = livePolicy.Current;
        if (!ReferenceEquals(snapshot, _seen))
        {
            (_wanted, _seen) = (WarmNames.Of(snapshot), snapshot);
            _notBefore.Clear();
        }

        var now = Moment.Of(time);
        var asked = 0;
        foreach (var (group, name) in _wanted)
        {
            foreach (var type in Types(group.Document.Families))
                asked += asked < MostPerTurn && Refresh(snapshot, group, name, type, now) ? 1 : 0;
        }
    }

    private static RecordType[] Types(AddressFamilies families) => families switch
    {
        AddressFamilies.Ipv4 => [RecordType.A],
        AddressFamilies.Ipv6 => [RecordType.AAAA],
        _ => [RecordType.A, RecordType.AAAA],
    };

    private bool Refresh(PolicySnapshot snapshot, GroupSnapshot group, DomainName name, RecordType type, Moment now)
    {
        var key = (group.Name, name, type);
        if (_notBefore.GetValueOrDefault(key) > now.Monotonic)
            return false;
        // A deny that came since, or a rule that has expired: then it is not to be fetched.
        var verdict = snapshot.DecideForGroup(name.Octets, type, group.Index, now.UnixSeconds);
        if (!verdict.IsAnswered || !IsDue(group, name, type, verdict, now))
            return false;
        _notBefore[key] = now.Monotonic + PauseMilliseconds;
        misses.Refresh(name.Octets, type, AnswerVariant.Plain, group, verdict);
        return true;
    }

    // In its last fifth, or last two seconds.
    private bool IsDue(GroupSnapshot group, DomainName name, RecordType type, in Verdict verdict, Moment now) =>
        !cache.Find(name.Octets, NameHash.Of(name.Octets), type, AnswerVariant.Plain, group.Key, verdict.Fingerprint, grants.Epoch, now, _scratch, out var answer)
        || answer.LeftMilliseconds < Math.Max(answer.WholeMilliseconds / 5, LeastLeft);
}
