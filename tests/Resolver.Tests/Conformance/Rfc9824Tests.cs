using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 9824, compact denial: a name that is not there is proven by an NSEC of its own.</summary>
public sealed class Rfc9824Tests : SignedTests
{
    private static readonly ToySigning Compact = new() { Denial = ToyDenial.Compact };

    [Theory]
    [InlineData("no", RecordType.A)]
    [InlineData("a.b.no", RecordType.A)]
    [InlineData("www", RecordType.TXT)]
    [InlineData("ent", RecordType.A)]
    [InlineData("x.w", RecordType.TXT)]
    [InlineData("", RecordType.TXT)]
    public async Task S3_1_What_is_not_there_is_no_data_and_secure(string name, RecordType type)
    {
        Net.Zone("example.com", One + "a.ent A 93.184.216.35\n*.w A 93.184.216.36\n", signing: Compact);
        await using var guard = NewGuard();
        var reply = await Ask(guard, $"{name}.example.com", type);
        Assert.Equal((ResponseCode.NoError, "Secure"), (reply.Code, Word(reply)));
        Assert.Empty(reply.Answers);
    }

    [Theory]
    [InlineData("www", "93.184.216.34")]
    [InlineData("a.ent", "93.184.216.35")]
    [InlineData("x.w", "93.184.216.36")]
    public async Task S3_1_A_denied_neighbour_takes_nothing_else_away(string name, string address)
    {
        Net.Zone("example.com", One + "a.ent A 93.184.216.35\n*.w A 93.184.216.36\n", signing: Compact);
        await using var guard = NewGuard();
        foreach (var other in new[] { "no", "ent", "w", "zzz", "0.w" })
            await Ask(guard, $"{other}.example.com", RecordType.TXT);
        var reply = await Ask(guard, $"{name}.example.com");
        Assert.Equal(("Secure", address), (Word(reply), reply.Addresses));
    }

    [Fact]
    public async Task S3_3_A_delegation_without_DS_below_a_compact_zone_is_insecure()
    {
        ComSigning = Compact;
        Net.Zone("plain.com", One, ZoneTrust.Unsigned);
        Net.Zone("example.com", One);
        await using var guard = NewGuard();
        Assert.Equal("Insecure", await Judge(guard, "www.plain.com"));
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
    }
}
