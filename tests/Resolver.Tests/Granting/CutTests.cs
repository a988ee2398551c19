using DnsGuard.Policy.Decisions;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Tests.Granting;

/// <summary>Answers with more addresses than the places that enforce can hold.</summary>
public sealed class CutTests
{
    private const string Zone = "a A 93.184.216.1\na A 93.184.216.2\na A 93.184.216.3\na AAAA 2606:2800::1\nw CNAME a\nh HTTPS 1 . alpn=h2 ipv4hint=93.184.216.1,93.184.216.2 ipv6hint=2606:2800::1\n";

    [Fact]
    public async Task Only_what_may_be_told_is_told_and_granted()
    {
        await AskAsync("a.toy", RecordType.A, ["93.184.216.2"], "93.184.216.2");
        await AskAsync("w.toy", RecordType.A, ["93.184.216.2"], "93.184.216.2");
    }

    [Fact]
    public Task An_address_of_an_earlier_answer_may_be_told_again() => AskAsync("a.toy", RecordType.A, ["93.184.216.3", "93.184.216.77"], "93.184.216.3 93.184.216.77");

    [Fact]
    public async Task Where_nothing_may_be_told_there_is_no_data()
    {
        var reply = await AskAsync("a.toy", RecordType.AAAA, [], "");
        Assert.Equal((ResponseCode.NoError, 0), (reply.Code, reply.Answers.Count));
    }

    [Fact]
    public async Task Hints_are_cut_as_well_and_the_rest_of_the_record_stays()
    {
        var reply = await AskAsync("h.toy", RecordType.HTTPS, ["93.184.216.2"], "");
        Assert.True(SvcbRdata.TryRead(Assert.Single(reply.Answers).Rdata, out var svcb));
        Assert.Equal("93.184.216.2", string.Join(' ', svcb.Hints));
    }

    [Fact]
    public async Task Who_asks_for_the_signatures_of_a_signed_name_gets_all_of_it()
    {
        using var internet = new SignedInternet();
        internet.Zone("toy", "a A 93.184.216.1\na A 93.184.216.2\na A 93.184.216.3\n");
        await using var guard = new Guard(Policies.Dev("{allow: '*.toy'}"), internet, options => options with { TrustAnchors = internet.TrustAnchors });
        guard.Grants.Chooses = request => [request.Addresses[0]];
        Assert.Single((await guard.Ask("a.toy")).Addresses.Split(' '));
        Assert.Equal(3, (await guard.Send(Query.Of("a.toy", RecordType.A, edns: 1_232, dnssecOk: true))).Addresses.Split(' ').Length);
    }

    private static async Task<Reply> AskAsync(string name, RecordType type, string[] chosen, string expected)
    {
        using var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        internet.Server(2, "toy", Zone);
        await using var guard = new Guard(Policies.Dev("{allow: '*.toy', types: [A, AAAA, CNAME, HTTPS]}"), internet);
        ChoiceRequest? asked = null;
        guard.Grants.Chooses = request =>
        {
            asked = request;
            return [.. chosen.Select(address => InternetAddress.From(System.Net.IPAddress.Parse(address)))];
        };
        var reply = await guard.Ask(name, type);
        Assert.Equal(expected, reply.Addresses);
        Assert.Equal(chosen, guard.Grants.Requests.SelectMany(request => request.Addresses).Select(address => address.ToString()));
        Assert.NotNull(asked);
        return reply;
    }
}
