using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 6672: DNAME, here without signatures.</summary>
public sealed class Rfc6672Tests : ConformanceTest
{
    [Theory]
    [InlineData("a.old.com", "a.new.org")]
    [InlineData("a.b.c.old.com", "a.b.c.new.org")]
    [InlineData("A.oLd.com", "a.new.org")]
    public async Task S2_2_The_part_below_the_owner_stays_and_the_rest_is_replaced(string name, string target)
    {
        Com("old DNAME new.org.\n");
        Internet.Server(3, "org", $"{target}. A 93.184.216.34\n");
        var reply = await Ask(name);
        Served(reply, "93.184.216.34");
        Assert.Equal([RecordType.DNAME, RecordType.CNAME, RecordType.A], reply.Answers.Select(record => record.Type));
        Assert.Equal(DomainName.Parse(target), DomainName.FromWire(reply.Answers[1].Rdata));
    }

    [Fact]
    public async Task S2_3_The_owner_itself_is_not_renamed()
    {
        Com("old DNAME new.org.\nold A 93.184.216.35\n");
        Served(await Ask("old.com"), "93.184.216.35");
        Assert.Equal(RecordType.DNAME, Assert.Single((await Ask("old.com", RecordType.DNAME)).Answers).Type);
        Assert.Empty((await Ask("old.com", RecordType.TXT)).Answers);
    }

    [Fact]
    public async Task S3_1_The_synthesised_alias_has_the_TTL_of_its_DNAME()
    {
        Com("old 77 DNAME new.org.\n");
        Internet.Server(3, "org", "a.new A 93.184.216.34\n");
        Assert.Equal([77u, 77u], (await Ask("a.old.com")).Answers.Take(2).Select(record => record.Ttl));
    }

    [Fact]
    public async Task S3_2_A_server_that_sends_no_alias_with_its_DNAME_is_understood()
    {
        Com("old DNAME new.org.\n").That((_, reply) => reply.Answers.RemoveAll(set => set.Type is RecordType.CNAME));
        Internet.Server(3, "org", "a.new A 93.184.216.34\n");
        Served(await Ask("a.old.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S3_4_A_DNAME_that_is_known_renames_more_names_without_asking()
    {
        var com = Com("old DNAME new.org.\n");
        Internet.Server(3, "org", "a.new A 93.184.216.34\nb.new A 93.184.216.35\n");
        await Ask("a.old.com");
        var asked = com.Asked.Count;
        Served(await Ask("b.old.com"), "93.184.216.35");
        Assert.Equal(asked, com.Asked.Count);
    }

    [Fact]
    public async Task S2_2_A_name_that_would_grow_too_long_is_not_answered()
    {
        var label = new string('a', 60);
        Com($"old DNAME {label}.{label}.new.org.\n");
        var reply = await AskPatiently($"{label}.{label}.old.com");
        Assert.Empty(reply.Addresses);
        Assert.NotEqual(ResponseCode.NoError, reply.Code);
    }

    [Theory]
    [InlineData("old DNAME old.com.\n")]
    [InlineData("old DNAME x.old.com.\n")]
    [InlineData("old DNAME mid.com.\nmid DNAME old.com.\n")]
    public async Task S2_4_DNAMEs_that_go_in_circles_end(string zone)
    {
        Com(zone);
        Assert.Equal(ResponseCode.ServerFailure, (await AskPatiently("a.old.com")).Code);
        Assert.InRange(Internet.Asked, 1, 14);
    }

    [Fact]
    public async Task S2_4_A_DNAME_beside_names_below_it_hides_them()
    {
        Com("old DNAME new.org.\na.old A 6.6.6.6\n");
        Internet.Server(3, "org", "a.new A 93.184.216.34\n");
        Served(await Ask("a.old.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S3_4_An_alias_and_a_DNAME_may_follow_each_other()
    {
        Com("start CNAME a.old\nold DNAME new.org.\n");
        Internet.Server(3, "org", "a.new CNAME end\nend A 93.184.216.34\n");
        var reply = await Ask("start.com");
        Served(reply, "93.184.216.34");
        Assert.Equal(
            [RecordType.CNAME, RecordType.DNAME, RecordType.CNAME, RecordType.CNAME, RecordType.A],
            reply.Answers.Select(record => record.Type));
    }
}
