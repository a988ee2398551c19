using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 6761 and its successors: names that are special, and RFC 6303: reverse trees that are everybody's own.</summary>
public sealed class Rfc6761Tests : ConformanceTest
{
    [Theory]
    [InlineData("localhost", RecordType.A, "127.0.0.1")]
    [InlineData("localhost", RecordType.AAAA, "::1")]
    [InlineData("a.b.localhost", RecordType.A, "127.0.0.1")]
    [InlineData("LOCALHOST", RecordType.A, "127.0.0.1")]
    public async Task S6_3_Localhost_is_loopback_and_nobody_is_asked(string name, RecordType type, string address)
    {
        Served(await Ask(name, type), address);
        Assert.Empty(Internet.Root.Asked);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("www.test")]
    [InlineData("invalid")]
    [InlineData("a.b.invalid")]
    [InlineData("abc.onion")]
    [InlineData("printer.local")]
    [InlineData("a.alt")]
    [InlineData("router.home.arpa")]
    public async Task S6_2_Reserved_names_do_not_exist_and_nobody_is_asked(string name)
    {
        Assert.Equal(ResponseCode.NameError, (await Ask(name)).Code);
        Assert.Empty(Internet.Root.Asked);
    }

    [Theory]
    [InlineData("www.example")]
    [InlineData("test.com")]
    [InlineData("localhost.com")]
    [InlineData("mytest")]
    [InlineData("local.com")]
    public async Task S6_5_Example_and_names_that_only_look_reserved_are_resolved_like_others(string name)
    {
        Com("test A 93.184.216.34\nlocalhost A 93.184.216.34\nlocal A 93.184.216.34\n");
        await Ask(name);
        Assert.NotEmpty(Internet.Root.Asked);
    }

    [Theory]
    [InlineData("5.0.0.10.in-addr.arpa")]
    [InlineData("1.0.16.172.in-addr.arpa")]
    [InlineData("1.0.31.172.in-addr.arpa")]
    [InlineData("7.1.168.192.in-addr.arpa")]
    [InlineData("9.0.0.0.in-addr.arpa")]
    [InlineData("9.9.9.127.in-addr.arpa")]
    [InlineData("254.169.254.169.in-addr.arpa")]
    [InlineData("1.2.0.192.in-addr.arpa")]
    [InlineData("1.100.51.198.in-addr.arpa")]
    [InlineData("1.113.0.203.in-addr.arpa")]
    [InlineData("255.255.255.255.in-addr.arpa")]
    [InlineData("1.0.64.100.in-addr.arpa")]
    [InlineData("1.0.127.100.in-addr.arpa")]
    [InlineData("0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa")]
    [InlineData("1.2.d.f.ip6.arpa")]
    [InlineData("1.0.8.e.f.ip6.arpa")]
    [InlineData("1.0.b.e.f.ip6.arpa")]
    [InlineData("1.8.b.d.0.1.0.0.2.ip6.arpa")]
    public async Task Rfc6303_S4_Reverse_trees_of_private_addresses_are_empty_here(string name)
    {
        var reply = await Ask(name, RecordType.PTR);
        Assert.Contains(reply.Code, new[] { ResponseCode.NameError, ResponseCode.NoError });
        Assert.Empty(reply.Answers);
        Assert.Equal(RecordType.SOA, Assert.Single(reply.Authorities).Type);
        Assert.Empty(Internet.Root.Asked);
    }

    [Theory]
    [InlineData("1.0.0.11.in-addr.arpa")]
    [InlineData("1.0.32.172.in-addr.arpa")]
    [InlineData("1.0.128.100.in-addr.arpa")]
    [InlineData("1.2.c.f.ip6.arpa")]
    public async Task Rfc6303_S4_Their_neighbours_are_asked_for(string name)
    {
        await Ask(name, RecordType.PTR);
        Assert.NotEmpty(Internet.Root.Asked);
    }

    [Fact]
    public async Task Rfc6303_S3_What_the_operator_forwards_is_not_answered_here()
    {
        var server = Internet.Server(5, "10.in-addr.arpa", "5.0.0 PTR host.corp.example.\n");
        Start(options => options with { ForwardZones = [new ForwardZone(Wire.Names.DomainName.Parse("10.in-addr.arpa"), [new Upstream.UpstreamServer(server.Endpoint)])] });
        Assert.Single((await Ask("5.0.0.10.in-addr.arpa", RecordType.PTR)).Answers);
    }

    [Fact]
    public async Task S6_2_The_operator_may_have_them_resolved()
    {
        Start(options => options with { LocalZones = false });
        await Ask("www.test");
        Assert.NotEmpty(Internet.Root.Asked);
    }
}
