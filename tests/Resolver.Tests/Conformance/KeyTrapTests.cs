using System.Diagnostics;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>CVE-2023-50387 and CVE-2023-50868: a zone that is made to be dear to check costs little, and gets SERVFAIL.</summary>
public sealed class KeyTrapTests : SignedTests
{
    [Theory]
    [InlineData(ToyAlgorithm.EcdsaP256, 20)]
    [InlineData(ToyAlgorithm.EcdsaP384, 20)]
    [InlineData(ToyAlgorithm.Ed448, 20)]
    public async Task Equal_tags_and_many_bad_signatures_cost_a_bounded_number_of_checks(ToyAlgorithm algorithm, int count)
    {
        var first = ToyKey.Zsk(algorithm);
        ToyKey[] keys = [ToyKey.Ksk(algorithm), first, .. Enumerable.Range(0, 9).Select(_ => first.Twin())];
        Net.Zone("example.com", One, signing: new ToySigning { Keys = keys }).That((query, reply) =>
        {
            if (reply.Answers.FindIndex(set => set.Type is RecordType.RRSIG) is >= 0 and var at && query.Type is RecordType.A)
            {
                reply.Answers[at] = reply.Answers[at] with
                {
                    Rdatas = [.. Enumerable.Range(0, count).SelectMany(i => reply.Answers[at].Rdatas.Select(rdata => (byte[])[.. rdata[..^2], (byte)i, (byte)(rdata[^1] ^ 0x55)]))],
                };
            }
        });
        await using var guard = NewGuard();
        await Judge(guard, "com", RecordType.SOA);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        Assert.Equal("DnssecBogus", await Judge(guard, "www.example.com"));
        var spent = Process.GetCurrentProcess().TotalProcessorTime - before;
        // The whole process, other tests and the toy signers included: the guard's own share is far less than what this allows.
        Assert.True(spent < TimeSpan.FromSeconds(5), $"{spent.TotalMilliseconds} ms");
    }

    [Fact]
    public async Task A_name_of_many_labels_in_a_zone_with_NSEC3_costs_a_bounded_number_of_hashes()
    {
        Net.Zone("example.com", One, signing: new ToySigning { Denial = ToyDenial.Nsec3, Iterations = 50, Salt = new byte[255] });
        await using var guard = NewGuard(options => options with { MaxNsec3Hashes = 20 });
        var deep = string.Join('.', Enumerable.Repeat("a", 100)) + ".example.com";
        Assert.NotEqual("Insecure", await Judge(guard, deep));
        Assert.Equal("Secure", await Judge(guard, "no.example.com"));
    }

    [Fact]
    public async Task Many_DS_records_for_equal_tags_cost_a_bounded_number_of_digests()
    {
        var first = ToyKey.Ksk();
        ToyKey[] keys = [first, .. Enumerable.Range(0, 9).Select(_ => first.Twin()), ToyKey.Zsk()];
        Net.Zone("example.com", One, signing: new ToySigning { Keys = keys });
        var rdatas = Enumerable.Range(0, 60).Select(i => first.DsRdata(Name("example.com")) is var rdata ? (byte[])[.. rdata[..^1], (byte)(rdata[^1] ^ (i + 1))] : []).ToList();
        Net.Com.That((_, reply) =>
        {
            foreach (var section in new[] { reply.Answers, reply.Authorities })
            {
                if (section.RemoveAll(one => one.Type is RecordType.DS || (one.Type is RecordType.RRSIG && one.Rdatas[0][1] == (byte)RecordType.DS)) > 0)
                    Add(section, new RRset(Name("example.com"), RecordType.DS, 3_600, rdatas), SignerOf("com"));
            }
        });
        await using var guard = NewGuard();
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "www.example.com")).Code);
    }
}
