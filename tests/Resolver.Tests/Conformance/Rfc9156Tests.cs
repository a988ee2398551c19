using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 9156: servers see no more of a name than they need.</summary>
public sealed class Rfc9156Tests : ConformanceTest
{
    [Fact]
    public async Task S2_1_Each_zone_sees_one_label_more_than_its_own_and_an_innocent_type()
    {
        var zone = Example(1, "www A 93.184.216.34\nwww TXT secret\n")[0];
        await Ask("www.example.com", RecordType.TXT);
        Assert.Equal(["com"], Internet.Root.Asked.Where(query => !query.Name.IsRoot).Select(query => query.Name.ToString()).Distinct());
        Assert.All(Internet.Root.Asked.Where(query => !query.Name.IsRoot), query => Assert.Equal(RecordType.A, query.Type));
        Assert.Equal(["www.example.com TXT"], zone.Asked.Select(query => $"{query.Name} {query.Type}"));
    }

    [Theory]
    [InlineData(ResponseCode.NameError)]
    [InlineData(ResponseCode.Refused)]
    [InlineData(ResponseCode.ServerFailure)]
    [InlineData(ResponseCode.NotImplemented)]
    [InlineData(ResponseCode.NoError)]
    public async Task S2_3_A_server_that_does_not_know_part_of_a_name_may_know_the_whole(ResponseCode code)
    {
        Com("a.b.c.d A 93.184.216.34\n").That((query, reply) =>
        {
            if (query.Name.Equals(DomainName.Parse("a.b.c.d.com")))
                return;
            reply.Clear();
            (reply.Code, reply.Flags) = (code, HeaderFlags.Response | HeaderFlags.Authoritative);
        });
        Served(await AskPatiently("a.b.c.d.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S2_3_A_server_that_is_silent_about_part_of_a_name_may_know_the_whole()
    {
        Com("a.b.c A 93.184.216.34\n").That((query, reply) => reply.IsSilent = query.Name.LabelCount is 2 or 3);
        Served(await AskPatiently("a.b.c.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S2_3_An_alias_in_the_middle_does_not_lead_astray()
    {
        Com("b CNAME elsewhere\na.b A 93.184.216.34\nelsewhere A 6.6.6.6\n");
        Served(await Ask("a.b.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S2_3_A_name_that_only_has_names_below_it_is_passed_through()
    {
        var com = Com("a.b.c.d A 93.184.216.34\n");
        Served(await Ask("a.b.c.d.com"), "93.184.216.34");
        Assert.Equal(["d.com", "c.d.com", "b.c.d.com", "a.b.c.d.com"], com.Asked.Select(query => query.Name.ToString()));
    }

    [Fact]
    public async Task S2_3_Steps_taken_once_are_not_taken_again()
    {
        var com = Com("a.b.c.d A 93.184.216.34\nx.b.c.d A 93.184.216.35\n");
        await Ask("a.b.c.d.com");
        var asked = com.Asked.Count;
        Served(await Ask("x.b.c.d.com"), "93.184.216.35");
        Assert.Equal(asked + 1, com.Asked.Count);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(40)]
    [InlineData(120)]
    public async Task S2_3_A_name_of_many_labels_costs_ten_steps_at_most(int labels)
    {
        var name = string.Concat(Enumerable.Repeat("a.", labels)) + "com";
        var com = Com($"{name}. A 93.184.216.34\n");
        Served(await Ask(name), "93.184.216.34");
        Assert.InRange(com.Asked.Count, 2, 11);
    }

    [Fact]
    public async Task S2_1_A_cut_in_the_middle_of_a_name_is_found()
    {
        Com("b.c NS ns.b.c\nns.b.c A @4 \n");
        var zone = Internet.Server(4, "b.c.com", "x.a A 93.184.216.34\n");
        Served(await Ask("x.a.b.c.com"), "93.184.216.34");
        Assert.Equal(["a.b.c.com", "x.a.b.c.com"], zone.Asked.Select(query => query.Name.ToString()));
    }

    [Fact]
    public async Task S2_1_A_zone_and_its_child_on_one_server_are_told_apart()
    {
        Com("example NS ns.example\nns.example A @4 \n");
        Internet.Server(4).With("example.com", Internet.Expand("sub NS ns.sub\nns.sub A @4 \n")).With("sub.example.com", "www A 93.184.216.34\n");
        Served(await Ask("www.sub.example.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S2_It_can_be_turned_off()
    {
        Start(options => options with { QnameMinimisation = false });
        Com("www.example A 93.184.216.34\n");
        await Ask("www.example.com");
        Assert.Contains(Internet.Root.Asked, query => query.Name.Equals(DomainName.Parse("www.example.com")));
    }

    [Fact]
    public async Task S2_3_NXDOMAIN_for_a_part_costs_one_query_more_and_is_believed_of_the_whole()
    {
        var com = Com("a A 93.184.216.34\n");
        Assert.Equal(ResponseCode.NameError, (await Ask("x.y.z.no.com")).Code);
        Assert.Equal(["no.com", "x.y.z.no.com"], com.Asked.Select(query => query.Name.ToString()));
    }
}
