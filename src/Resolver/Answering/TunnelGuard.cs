using System.Numerics;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>Watches what each client asks for below each wildcard rule: data leaves by names that nobody has asked for before.</summary>
/// <remarks>
/// Only misses come here. Names in use are answered from the cache, and a tunnel's names are all new, so hits cost nothing. Names are counted
/// by bits that they set (linear counting): a name that is asked for twice counts once, and memory stays fixed.
/// </remarks>
internal sealed class TunnelGuard(ResolverOptions options, ResolverMetrics metrics, TimeProvider time) : ITunnelView
{
    private const int MaxWatched = 20_000;
    private const int MaxFindings = 1_000;
    private const long WindowMilliseconds = 60_000;
    private const int RandomLabelOctets = 16;
    private const double RandomBits = 3.5;

    private readonly Dictionary<(InternetAddress, ulong), Watched> _watched = [];
    private readonly Queue<TunnelFinding> _findings = new();
    private readonly Lock _lock = new();
    private long _window;

    /// <inheritdoc/>
    public IReadOnlyList<TunnelFinding> Findings
    {
        get
        {
            lock (_lock)
                return [.. _findings.Reverse()];
        }
    }

    /// <summary>Counts a query that the cache could not answer.</summary>
    /// <returns>Does it look like part of a tunnel?</returns>
    public bool Watch(ReadOnlySpan<byte> name, RecordType type, InternetAddress client, GroupSnapshot group, PolicySnapshot snapshot, in Verdict verdict)
    {
        if (group.Document.Tunnels is TunnelPolicy.Off || !snapshot.IsWild(verdict.Rule) || snapshot.Rule(verdict.Rule) is not { Rule.Pattern: { IsWild: true } pattern } rule)
            return false;
        var labels = name[..Math.Max(0, name.Length - pattern.Suffix.Octets.Length)];
        var now = Moment.MonotonicOf(time);
        lock (_lock)
        {
            if (now / WindowMilliseconds != _window)
            {
                _window = now / WindowMilliseconds;
                _watched.Clear();
            }

            var key = (client, verdict.Fingerprint);
            if (!_watched.TryGetValue(key, out var watched))
            {
                if (_watched.Count >= MaxWatched)
                    return false;
                _watched.Add(key, watched = new Watched());
            }

            if (watched.Add(NameHash.Of(name)))
                watched.Count(labels.Length, IsRandom(watched.Differing(labels)), type is not (RecordType.A or RecordType.AAAA or RecordType.HTTPS or RecordType.SVCB));
            if (watched.Exceeded(options) is not { } budget)
                return false;
            if (!watched.IsTold)
                Tell(new TunnelFinding(time.GetUtcNow(), client, group.Name, rule.ToString(), NameText.Write(name), budget, watched.Names, watched.Octets, group.Document.Tunnels is TunnelPolicy.Block));
            watched.IsTold = true;
            return true;
        }
    }

    private void Tell(TunnelFinding finding)
    {
        metrics.TunnelFound();
        if (_findings.Count >= MaxFindings)
            _findings.Dequeue();
        _findings.Enqueue(finding);
    }

    // Words and counters repeat letters; encoded data does not (Shannon's entropy over the octets of all labels together). Short texts all look random,
    // so only what differs from the name before counts: a counter behind a prefix carries no more than its digits.
    private static bool IsRandom(ReadOnlySpan<byte> labels)
    {
        if (labels.Length < RandomLabelOctets)
            return false;
        Span<byte> counts = stackalloc byte[256];
        counts.Clear();
        foreach (var octet in labels)
            counts[octet]++;
        var bits = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
                bits -= (double)count / labels.Length * Math.Log2((double)count / labels.Length);
        }

        return bits > RandomBits;
    }

    private sealed class Watched
    {
        private const int Bits = 4_096;

        private readonly ulong[] _seen = new ulong[Bits / 64];
        private byte[] _last = [];
        private int _random;
        private int _text;

        public bool IsTold { get; set; }

        public long Octets { get; private set; }

        /// <summary>Names, corrected for those that fell on the same bit.</summary>
        public int Names
        {
            get
            {
                var free = Bits - _seen.Sum(word => BitOperations.PopCount(word));
                return free == 0 ? Bits * 9 : (int)Math.Round(-Bits * Math.Log((double)free / Bits));
            }
        }

        public bool Add(ulong hash)
        {
            ref var word = ref _seen[(hash >> 6) % (Bits / 64)];
            var bit = 1UL << (int)(hash & 63);
            var isNew = (word & bit) == 0;
            word |= bit;
            return isNew;
        }

        /// <summary>The part of new labels that the labels before them did not have: without what both begin and end with.</summary>
        public ReadOnlySpan<byte> Differing(ReadOnlySpan<byte> labels)
        {
            var head = labels.CommonPrefixLength(_last);
            var (tail, most) = (0, Math.Min(labels.Length, _last.Length) - head);
            while (tail < most && labels[^(tail + 1)] == _last[^(tail + 1)])
                tail++;
            _last = labels.ToArray();
            return labels[head..^tail];
        }

        public void Count(int octets, bool isRandom, bool isText)
        {
            Octets += octets;
            _random += isRandom ? 1 : 0;
            _text += isText ? 1 : 0;
        }

        public string? Exceeded(ResolverOptions options) =>
            _random > options.TunnelRandomNames ? "randomNames"
            : _text > options.TunnelTextNames ? "textNames"
            : Octets > options.TunnelOctets ? "octets"
            : Names > options.TunnelNames ? "names" : null;
    }
}
