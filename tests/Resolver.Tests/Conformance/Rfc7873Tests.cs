using DnsGuard.Resolver.Answering;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 7873 and RFC 9018: cookies, given to clients and shown to servers.</summary>
public sealed class Rfc7873Tests : ConformanceTest
{
    private const int Cookie = 10;

    private static readonly byte[] Client = [0x24, 0x64, 0xC4, 0xAB, 0xCF, 0x10, 0xC9, 0x57];

    [Fact]
    public async Task S5_2_1_Who_sends_no_cookie_gets_none() =>
        Assert.Empty(OptRecord.Of(await Guard.Send(RawQuery.WithOpt("localhost")))!.Options);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(15)]
    [InlineData(41)]
    public async Task S5_2_2_A_cookie_of_impossible_length_is_FORMERR(int octets) =>
        Assert.Equal(ResponseCode.FormatError, (await Guard.Send(RawQuery.WithOpt("localhost", options: (Cookie, new byte[octets])))).Code);

    [Fact]
    public async Task S5_2_3_Who_sends_his_half_gets_ours_beside_it()
    {
        var cookie = await CookieFor(Client);
        Assert.Equal(24, cookie.Length);
        Assert.Equal(Client, cookie[..8]);
    }

    [Fact]
    public async Task S5_2_4_A_cookie_that_is_not_ours_gets_a_new_one_and_the_question_is_answered()
    {
        var reply = await Guard.Send(RawQuery.WithOpt("localhost", options: (Cookie, [.. Client, .. new byte[16]])));
        Assert.Equal(ResponseCode.NoError, reply.Code);
        Assert.NotEqual(new byte[16], OptRecord.Of(reply)!.Cookie![8..]);
    }

    [Fact]
    public async Task S5_2_5_A_cookie_of_ours_comes_back_as_it_is()
    {
        var cookie = await CookieFor(Client);
        Assert.Equal(cookie, await CookieFor(cookie));
    }

    [Theory]
    [InlineData("localhost", RecordType.A, 0)]
    [InlineData("a.invalid", RecordType.A, 0)]
    [InlineData("a.com", RecordType.A, 0)]
    [InlineData("a.com", RecordType.CAA, 0)]
    [InlineData("a.com", RecordType.AXFR, 0)]
    [InlineData("a.com", RecordType.ANY, 0)]
    [InlineData("fail.com", RecordType.A, 0)]
    [InlineData("a.com", RecordType.A, 1)]
    public async Task S5_2_Every_kind_of_answer_carries_the_cookie(string name, RecordType type, int version)
    {
        Com("a A 93.184.216.34\n").That((query, reply) => reply.Code = query.Name.Equals(DomainName.Parse("fail.com")) ? ResponseCode.ServerFailure : reply.Code);
        for (var i = 0; i < 2; i++)
            Assert.Equal(Client, OptRecord.Of(await Guard.Send(RawQuery.WithOpt(name, type, version: version, options: (Cookie, Client))))!.Cookie![..8]);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    public async Task S5_4_A_query_without_a_question_fetches_a_cookie(int octets)
    {
        byte[] shown = octets == 8 ? Client : await CookieFor(Client);
        byte[] query = [0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, .. RawQuery.Opt(options: (Cookie, shown))];
        var reply = await Guard.Send(query);
        Assert.Equal((ResponseCode.NoError, 0x1234, 0), (reply.Code, reply.Header.Id, reply.Header.Questions));
        Assert.Equal(24, OptRecord.Of(reply)!.Cookie!.Length);
    }

    [Fact]
    public async Task S5_4_Without_a_cookie_a_query_without_a_question_is_FORMERR() =>
        Assert.Equal(ResponseCode.FormatError, (await Guard.Send([0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, .. RawQuery.Opt()])).Code);

    [Fact]
    public async Task S6_Each_client_has_a_cookie_of_its_own()
    {
        var query = RawQuery.WithOpt("localhost", options: (Cookie, Client));
        Assert.NotEqual(OptRecord.Of(await Guard.Send(query))!.Cookie, OptRecord.Of(await Guard.Send(query, "127.0.0.2"))!.Cookie);
    }

    [Fact]
    public async Task S5_2_An_operator_may_do_without()
    {
        Start(options => options with { Cookies = false });
        Assert.Null(OptRecord.Of(await Guard.Send(RawQuery.WithOpt("localhost", options: (Cookie, Client))))!.Cookie);
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(1_790, false)]
    [InlineData(1_810, true)]
    [InlineData(3_590, true)]
    [InlineData(3_610, true)]
    public async Task Rfc9018_S4_3_A_cookie_lasts_half_an_hour_and_is_renewed_after(int seconds, bool isRenewed)
    {
        var cookie = await CookieFor(Client);
        await Pass(TimeSpan.FromSeconds(seconds));
        Assert.Equal(isRenewed, Convert.ToHexString(cookie) != Convert.ToHexString(await CookieFor(cookie)));
    }

    [Theory]
    [InlineData("e5e973e5a6b2a43f48e7dc849e37bfcf", "198.51.100.100", "2464c4abcf10c957", 1_559_731_985, "2464c4abcf10c957010000005cf79f111f8130c3eee29480")]
    [InlineData("e5e973e5a6b2a43f48e7dc849e37bfcf", "198.51.100.100", "2464c4abcf10c957010000005cf79f111f8130c3eee29480", 1_559_734_385, "2464c4abcf10c957010000005cf7a871d4a564a1442aca77")]
    [InlineData("e5e973e5a6b2a43f48e7dc849e37bfcf", "203.0.113.203", "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", 1_559_734_700, "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e")]
    [InlineData("445536bcd2513298075a5d379663c962", "2001:db8:220:1:59de:d0f4:8769:82b8", "22681ab97d52c298", 1_559_741_961, "22681ab97d52c298010000005cf7c609a6bb79d16625507a")]
    public void Rfc9018_A_Cookies_are_those_of_the_examples(string secret, string client, string shown, long unixSeconds, string expected)
    {
        var answer = new byte[24];
        new ServerCookies(Convert.FromHexString(secret)).Judge(Convert.FromHexString(shown), Address(client), unixSeconds, answer);
        Assert.Equal(expected, Convert.ToHexStringLower(answer));
    }

    [Fact]
    public void Rfc9018_S4_2_The_reserved_octets_of_a_cookie_are_not_held_to_be_nought()
    {
        var cookies = new ServerCookies(Convert.FromHexString("e5e973e5a6b2a43f48e7dc849e37bfcf"));
        var shown = Convert.FromHexString("fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5");
        Assert.Equal(CookieResult.Good, cookies.Judge(shown, Address("203.0.113.203"), 1_559_728_000, new byte[24]));
        shown[9] ^= 1;
        Assert.Equal(CookieResult.New, cookies.Judge(shown, Address("203.0.113.203"), 1_559_728_000, new byte[24]));
    }

    [Fact]
    public async Task S4_1_A_server_is_shown_eight_octets_that_are_always_the_same_and_no_other_server_sees()
    {
        var com = Com("a A 93.184.216.34\nb A 93.184.216.35\n");
        var org = Internet.Server(3, "org", "a A 93.184.216.34\n");
        await Ask("a.com");
        await Ask("b.com");
        await Ask("a.org");
        Assert.All(com.Asked, query => Assert.Equal(8, query.Cookie!.Length));
        Assert.Single(com.Asked.Select(query => Convert.ToHexString(query.Cookie!)).Distinct());
        Assert.NotEqual(com.Asked.First().Cookie, org.Asked.First().Cookie);
    }

    [Fact]
    public async Task S5_3_A_cookie_that_a_server_gives_is_shown_to_it_from_then_on()
    {
        var com = WithCookies(Lines(3, number => $"w{number} A 93.184.216.34"), [1, 2, 3, 4, 5, 6, 7, 8]);
        for (var number = 0; number < 3; number++)
            await Ask($"w{number}.com");
        Assert.Equal([8, 16, 16], com.Asked.Select(query => query.Cookie!.Length));
    }

    [Fact]
    public async Task S5_3_A_response_with_somebody_elses_cookie_is_passed_over()
    {
        Com("a A 93.184.216.34\n").That((query, reply) => Forge(query, reply, [9, 9, 9, 9, 9, 9, 9, 9, 1, 1, 1, 1, 1, 1, 1, 1]));
        Served(await Ask("a.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S5_3_A_response_without_cookie_is_passed_over_where_the_server_has_given_one_before()
    {
        var com = WithCookies("a A 93.184.216.34\nb A 93.184.216.35\n", [1, 2, 3, 4, 5, 6, 7, 8]);
        await Ask("a.com");
        var honest = com.Script!;
        com.That((query, reply) =>
        {
            honest(query, reply);
            Forge(query, reply, []);
        });
        Served(await Ask("b.com"), "93.184.216.35");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task S5_3_A_server_cookie_of_impossible_length_is_not_sent_back(int octets)
    {
        var com = WithCookies(Lines(3, number => $"w{number} A 93.184.216.34"), new byte[octets]);
        for (var number = 0; number < 3; number++)
            await AskPatiently($"w{number}.com");
        Assert.All(com.Asked, query => Assert.Equal(8, query.Cookie!.Length));
    }

    [Fact]
    public async Task S5_3_BADCOOKIE_is_answered_with_the_cookie_that_came_with_it()
    {
        var com = Com("a A 93.184.216.34\n").That((query, reply) =>
        {
            reply.Options.Add((Cookie, [.. query.Cookie![..8], 1, 2, 3, 4, 5, 6, 7, 8]));
            if (query.Cookie.Length == 8)
                (reply.Code, _) = (ResponseCode.BadCookie, reply.Answers.RemoveAll(_ => true));
        });
        Served(await Ask("a.com"), "93.184.216.34");
        Assert.Equal([8, 16], com.Asked.Select(query => query.Cookie!.Length));
    }

    [Fact]
    public async Task S5_3_BADCOOKIE_again_and_again_leads_to_TCP()
    {
        var com = Com("a A 93.184.216.34\n").That((query, reply) =>
        {
            reply.Options.Add((Cookie, [.. query.Cookie![..8], .. Guid.NewGuid().ToByteArray()[..8]]));
            if (!query.IsTcp)
                (reply.Code, _) = (ResponseCode.BadCookie, reply.Answers.RemoveAll(_ => true));
        });
        Served(await Ask("a.com"), "93.184.216.34");
        Assert.Equal([false, false, true], com.Asked.Select(query => query.IsTcp));
    }

    [Fact]
    public async Task S5_3_A_server_that_changes_its_cookie_is_believed_while_it_shows_ours()
    {
        var made = 0;
        var com = Com(Lines(4, number => $"w{number} A 93.184.216.34")).That((query, reply) => reply.Options.Add((Cookie, [.. query.Cookie![..8], 0, 0, 0, 0, 0, 0, 0, (byte)++made])));
        for (var number = 0; number < 4; number++)
            Served(await Ask($"w{number}.com"), "93.184.216.34");
        Assert.Equal([0, 1, 2, 3], com.Asked.Select(query => query.Cookie!.Length == 8 ? 0 : query.Cookie[^1]));
    }

    private static InternetAddress Address(string text) => InternetAddress.FromOctets(System.Net.IPAddress.Parse(text).GetAddressBytes());

    private async Task<byte[]> CookieFor(byte[] shown) => OptRecord.Of(await Guard.Send(RawQuery.WithOpt("localhost", options: (Cookie, shown))))!.Cookie!;

    private ToyServer WithCookies(string zone, byte[] half) => Com(zone).That((query, reply) => reply.Options.Add((Cookie, [.. query.Cookie![..8], .. half])));

    private static void Forge(ToyQuery query, ToyReply reply, byte[] cookie)
    {
        var forged = new ToyReply(query, reply.Id) { Flags = HeaderFlags.Response | HeaderFlags.Authoritative };
        forged.Answers.AddRange(ToyServer.Records($"{query.Name}. A 6.6.6.6\n"));
        if (cookie.Length > 0)
            forged.Options.Add((Cookie, cookie));
        reply.Before.Add(forged.ToWire(1_232));
    }
}
