using BenchmarkDotNet.Attributes;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.Caching;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Micro;

/// <summary>What does finding a finished answer cost, with ten thousand in the cache?</summary>
public class AnswerCacheBench : IDisposable
{
    private const int Stored = 10_000;

    private readonly AnswerCache _cache = new(64L << 20);
    private readonly Moment _now = Moment.Of(TimeProvider.System);
    private readonly byte[] _scratch = new byte[AnswerCache.ScratchOctets];
    private readonly DomainName[] _names = [.. Enumerable.Range(0, Stored).Select(number => DomainName.Parse(Laboratory.NameText(number)))];
    private readonly DomainName[] _others = [.. Enumerable.Range(Stored, Stored).Select(number => DomainName.Parse(Laboratory.NameText(number)))];
    private ulong[] _fingerprints = [];
    private ulong _group;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        PolicySnapshot snapshot = Laboratory.Policy(Stored);
        _group = snapshot.Groups[0].Key;
        _fingerprints = [.. _names.Select(name => snapshot.Decide(name.Octets, RecordType.A, Laboratory.Client, _now.UnixSeconds).Fingerprint)];
        foreach (var name in _names)
            Laboratory.Store(_cache, snapshot, name, _now);
    }

    [Benchmark]
    public int Found()
    {
        _next = (_next + 7_919) % Stored;
        return Find(_names[_next], _fingerprints[_next]) ? 0 : -1;
    }

    [Benchmark]
    public int Absent()
    {
        _next = (_next + 7_919) % Stored;
        return Find(_others[_next], _fingerprints[_next]) ? -1 : 0;
    }

    [GlobalCleanup]
    public void Dispose() => _cache.Dispose();

    // The hash is made anew, as for a name that has just come in.
    private bool Find(DomainName name, ulong fingerprint) =>
        _cache.Find(name.Octets, NameHash.Of(name.Octets), RecordType.A, AnswerVariant.Plain, _group, fingerprint, 0, _now, _scratch, out _);
}
