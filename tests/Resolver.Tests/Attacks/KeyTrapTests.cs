using DnsGuard.TestKit;
using DnsGuard.Wire.Records;
using Xunit.Abstractions;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>Zones that are made to cost a validator its time (KeyTrap, CVE-2023-50387; NSEC3, CVE-2023-50868).</summary>
[Collection(nameof(Attack))]
public sealed class KeyTrapTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("answer")]
    [InlineData("keys")]
    [InlineData("DS")]
    public async Task A_hundred_keys_with_one_tag_and_a_hundred_wrong_signatures_cost_fifty_milliseconds(string where)
    {
        using var internet = new SignedInternet();
        var (ksk, zsk) = (ToyKey.Ksk(), ToyKey.Zsk());
        List<ToyKey> twins = [.. Enumerable.Range(0, 99).Select(_ => (where is "answer" ? zsk : ksk).Twin())];
        var evil = internet.Zone("evil.com", "www A 93.184.216.34\n", signing: new ToySigning { Keys = [ksk, zsk], Standby = twins });
        evil.That((query, reply) =>
        {
            if (where is "answer" ? query.Type is RecordType.A : query.Type is RecordType.DNSKEY)
                Multiply(reply.Answers);
        });
        if (where is "DS")
        {
            // A hundred DS records, none of which fits.
            internet.Com.That((_, reply) =>
            {
                for (var i = 0; i < reply.Authorities.Count; i++)
                {
                    if (reply.Authorities[i] is { Type: RecordType.DS } ds)
                        reply.Authorities[i] = ds with { Rdatas = [.. Enumerable.Range(1, 100).Select(number => BudgetTests.Spoil(ds.Rdatas[0], number))] };
                    else if (reply.Authorities[i] is { Type: RecordType.RRSIG } signatures)
                        reply.Authorities[i] = signatures with { Rdatas = [.. Enumerable.Range(1, 100).Select(number => BudgetTests.Spoil(signatures.Rdatas[0], number))] };
                }
            });
        }

        // A first resolver makes the toys sign, and the runtime compile, all that is going to be asked.
        await MeasureAsync(internet);
        var cost = await MeasureAsync(internet);
        output.WriteLine($"{where}: {cost.TotalMilliseconds:F1} ms CPU, toys included");
        Assert.InRange(cost.TotalMilliseconds, 0, 50);
    }

    [Theory]
    [InlineData(50, 1)]
    [InlineData(50, 100)]
    [InlineData(2_500, 1)]
    public async Task Denials_with_many_iterations_and_labels_cost_fifty_milliseconds(int iterations, int labels)
    {
        using var internet = new SignedInternet();
        internet.Zone("evil.com", "www A 93.184.216.34\n", signing: new ToySigning { Denial = ToyDenial.Nsec3, Salt = new byte[255], Iterations = iterations });
        var name = string.Concat(Enumerable.Repeat("x.", labels)) + "evil.com";
        await MeasureAsync(internet, name);
        var cost = await MeasureAsync(internet, name);
        output.WriteLine($"{iterations} iterations, {labels} labels: {cost.TotalMilliseconds:F1} ms CPU, toys included");
        // The toy hashes every label as well, and has no bound.
        Assert.InRange(cost.TotalMilliseconds, 0, labels > 1 ? 150 : 50);
    }

    [Fact]
    public async Task Hundreds_of_proofs_in_one_answer_are_not_all_looked_at()
    {
        using var internet = new SignedInternet();
        var evil = internet.Zone("evil.com", "www A 93.184.216.34\n");
        evil.That((query, reply) =>
        {
            if (reply.Authorities.FirstOrDefault(set => set.Type is RecordType.RRSIG) is not { } signatures || query.Type is not RecordType.A)
                return;
            for (var i = 0; i < 300; i++)
            {
                var owner = Attack.Name($"p{i}.evil.com");
                reply.Authorities.Add(new RRset(owner, RecordType.NSEC, 60, [[.. owner.Octets, 0, 1, 0x40]]));
                reply.Authorities.Add(new RRset(owner, RecordType.RRSIG, 60, [Covering(signatures.Rdatas[0], RecordType.NSEC)]));
            }
        });
        await MeasureAsync(internet, "no.evil.com");
        var cost = await MeasureAsync(internet, "no.evil.com");
        output.WriteLine($"{cost.TotalMilliseconds:F1} ms CPU, toys included");
        Assert.InRange(cost.TotalMilliseconds, 0, 80);
    }

    private static async Task<TimeSpan> MeasureAsync(SignedInternet internet, string name = "www.evil.com")
    {
        await using var guard = new Guard(Attack.All, internet, options => options with { TrustAnchors = internet.TrustAnchors });
        // What every question costs that goes down from the root is not the attack's.
        internet.Zone("good.com", "www A 93.184.216.34\n");
        await guard.Send(Query.Of("www.good.com", edns: 1_232, dnssecOk: true));
        return await Attack.Cost(async () => await guard.Send(Query.Of(name, edns: 1_232, dnssecOk: true)));
    }

    private static void Multiply(List<RRset> section)
    {
        for (var i = 0; i < section.Count; i++)
        {
            if (section[i].Type is RecordType.RRSIG)
                section[i] = section[i] with { Rdatas = [.. Enumerable.Range(1, 100).Select(number => BudgetTests.Spoil(section[i].Rdatas[0], number))] };
        }
    }

    private static byte[] Covering(byte[] rrsig, RecordType type)
    {
        var changed = rrsig.ToArray();
        (changed[0], changed[1]) = ((byte)((int)type >> 8), (byte)type);
        return changed;
    }
}
