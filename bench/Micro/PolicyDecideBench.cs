using BenchmarkDotNet.Attributes;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Micro;

/// <summary>What does a verdict cost, and does it matter how large the policy is?</summary>
public class PolicyDecideBench
{
    private const int Asked = 1_024;

    private readonly byte[][] _allowed = new byte[Asked][];
    private readonly byte[][] _denied = new byte[Asked][];
    private PolicySnapshot _snapshot = null!;
    private int _next;

    [Params(10, 100_000)]
    public int Names { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _snapshot = Laboratory.Policy(Names);
        // Spread over the whole policy, so that a large one is not judged from the first-level cache alone.
        for (var i = 0; i < Asked; i++)
        {
            _allowed[i] = DomainName.Parse(Laboratory.NameText((int)((uint)(i * 7_919) % Names))).Octets.ToArray();
            _denied[i] = DomainName.Parse($"nobody{i}.org{i % 1_000}.example.com").Octets.ToArray();
        }
    }

    [Benchmark]
    public int Allowed() => Decide(_allowed, isAnswered: true);

    [Benchmark]
    public int Denied() => Decide(_denied, isAnswered: false);

    private int Decide(byte[][] names, bool isAnswered)
    {
        var verdict = _snapshot.Decide(names[_next++ & (Asked - 1)], RecordType.A, Laboratory.Client, 1_700_000_000);
        return verdict.IsAnswered == isAnswered ? 0 : -1;
    }
}
