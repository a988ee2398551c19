using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 6672 §5.3, DNAME in signed zones: the DNAME is signed, and the CNAME follows from it or is not believed.</summary>
public sealed class Rfc6672SignedTests : SignedTests
{
    private const string Text = One + "d DNAME e\nx.e A 93.184.216.35\na.b.e A 93.184.216.36\n";

    [Theory]
    [InlineData("x.d", "93.184.216.35")]
    [InlineData("a.b.d", "93.184.216.36")]
    public async Task S5_3_1_What_follows_from_a_signed_DNAME_is_secure(string name, string address)
    {
        Net.Zone("example.com", Text);
        await using var guard = NewGuard();
        var reply = await Ask(guard, $"{name}.example.com");
        Assert.Equal(("Secure", address), (Word(reply), reply.Addresses));
        Assert.Contains(reply.Answers, record => record.Type is RecordType.DNAME);
    }

    [Theory]
    [InlineData("www.example.com.")]
    [InlineData("x.elsewhere.com.")]
    public async Task S5_3_1_A_CNAME_that_does_not_follow_from_the_DNAME_is_not_taken(string target)
    {
        Net.Zone("elsewhere.com", "x A 93.184.216.66\n", ZoneTrust.Unsigned);
        Net.Zone("example.com", Text).That((query, reply) =>
        {
            if (query.Name.Equals(Name("x.d.example.com")) && reply.Answers.FindIndex(set => set.Type is RecordType.CNAME) is >= 0 and var at)
                reply.Answers[at] = Set($"x.d.example.com. CNAME {target}");
        });
        await using var guard = NewGuard();
        var reply = await Ask(guard, "x.d.example.com");
        Assert.Equal(("Secure", "93.184.216.35"), (Word(reply), reply.Addresses));
    }

    [Theory]
    [InlineData("spoiled")]
    [InlineData("unsigned")]
    [InlineData("changed")]
    public async Task S5_3_1_A_DNAME_that_is_not_what_the_zone_signed_is_bogus(string what)
    {
        Net.Zone("elsewhere.com", "x A 93.184.216.66\n");
        Net.Zone("example.com", Text, signing: new ToySigning
        {
            Spoil = (set, signer) => set.Type is not RecordType.DNAME ? signer : what == "unsigned" ? null : signer with { IsSpoiled = what == "spoiled" },
        }).That((query, reply) =>
        {
            if (what == "changed" && reply.Answers.FindIndex(set => set.Type is RecordType.DNAME) is >= 0 and var at)
                reply.Answers[at] = Set("d.example.com. DNAME elsewhere.com.");
        });
        await using var guard = NewGuard();
        var reply = await Ask(guard, "x.d.example.com");
        Assert.Equal((ResponseCode.ServerFailure, ""), (reply.Code, reply.Addresses));
        Assert.Empty(guard.Grants.Requests);
    }

    [Fact]
    public async Task S5_3_2_A_DNAME_into_an_unsigned_zone_is_insecure()
    {
        Net.Zone("plain.com", "x A 93.184.216.37\n", ZoneTrust.Unsigned);
        Net.Zone("example.com", One + "d DNAME plain.com.\n");
        Assert.Equal("Insecure", await JudgeAfresh("x.d.example.com"));
    }

    [Fact]
    public async Task S5_3_4_1_An_unsigned_CNAME_without_a_DNAME_above_it_is_bogus()
    {
        Net.Zone("example.com", One).That((query, reply) =>
        {
            if (!query.Name.Equals(Name("x.d.example.com")))
                return;
            Empty(reply);
            reply.Answers.Add(Set("x.d.example.com. CNAME www.example.com."));
        });
        await using var guard = NewGuard();
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "x.d.example.com")).Code);
    }

    [Fact]
    public async Task S5_3_1_A_name_that_does_not_exist_below_the_target_is_denied_securely()
    {
        Net.Zone("example.com", Text);
        await using var guard = NewGuard();
        var reply = await Ask(guard, "no.d.example.com");
        Assert.Equal((ResponseCode.NameError, "Secure"), (reply.Code, Word(reply)));
    }
}
