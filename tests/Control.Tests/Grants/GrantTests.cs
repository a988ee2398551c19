using System.Net;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.Tests.Grants;

public sealed class GrantTests : ControlTest
{
    [Theory]
    [InlineData("", "a b c")]
    [InlineData("?group=guests", "b")]
    [InlineData("?address=2001:db8::1", "c")]
    [InlineData("?name=api.", "a")]
    [InlineData("?group=nobody", "")]
    [InlineData("?cursor=a", "b c")]
    public async Task Grants_are_listed_by_what_is_asked_for(string query, string expected)
    {
        OpenThree();

        Assert.Equal(expected, string.Join(' ', (await Api.GetAsync($"/grants{query}")).Expect(HttpStatusCode.OK).Items.Select(grant => grant!["id"])));
    }

    [Fact]
    public async Task Grants_come_in_pages()
    {
        OpenThree();

        var first = await Api.GetAsync("/grants?limit=2");
        var second = await Api.GetAsync($"/grants?limit=2&cursor={first.Json["nextCursor"]}");

        Assert.Equal(["a", "b", "c"], first.Items.Concat(second.Items).Select(grant => (string)grant!["id"]!));
        Assert.Null(second.Json["nextCursor"]);
        Assert.Equal(
            """{"id":"a","group":"build","address":"192.0.2.1","ports":"tcp/443","until":"2026-01-01T01:00:00+00:00","name":"api.example.com","type":"A","rule":"github/r-1","revision":3,"targets":["gateway"]}""",
            first.Items[0]!.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task A_grant_is_revoked_once()
    {
        OpenThree();

        (await Api.SendAsync("POST", "/grants/b:revoke", null)).Expect(HttpStatusCode.Accepted);
        (await Api.SendAsync("POST", "/grants/b:revoke", null)).Expect(HttpStatusCode.NotFound, "not-found");

        Assert.Equal(["a", "c"], Node.Grants.Open.Select(grant => grant.Id));
    }

    [Theory]
    [InlineData("/grants?address=nowhere")]
    [InlineData("/addresses/nowhere")]
    [InlineData("/addresses/192.0.2")]
    public async Task What_is_not_an_address_is_refused(string path) => (await Api.GetAsync(path)).Expect(HttpStatusCode.UnprocessableEntity, "bad-address");

    [Fact]
    public async Task An_open_address_is_explained_by_its_grants_and_its_history()
    {
        OpenThree();
        Node.Journal.Append(GrantEvents.Records(Event(GrantEventKind.Opened, "build", 0, 60)), mustLast: false);

        var json = (await Api.GetAsync("/addresses/192.0.2.1")).Expect(HttpStatusCode.OK).Json;

        Assert.True((bool)json["isOpen"]!);
        Assert.Equal("a", (string)Assert.Single(json["grants"]!.AsArray())!["id"]!);
        Assert.Equal(("opened", "api.example.com", "x.example"), Assert.Single(json["history"]!.AsArray()) is { } happened ? ((string)happened["kind"]!, (string)happened["name"]!, (string)happened["aliases"]![0]!) : default);
        Assert.False((bool)(await Api.GetAsync("/addresses/192.0.2.99")).Json["isOpen"]!);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(59, true)]
    [InlineData(61, true)]
    [InlineData(70, true)]
    [InlineData(91, false)]
    [InlineData(105, true)]
    [InlineData(115, true)]
    [InlineData(125, false)]
    [InlineData(135, true)]
    public async Task Whether_an_address_was_open_at_a_moment_is_known_of_every_group_on_its_own(int second, bool expected)
    {
        Node.Journal.Append(GrantEvents.Records(
            Event(GrantEventKind.Opened, "build", 0, 60),
            Event(GrantEventKind.Opened, "build", 30, 90), // extended
            Event(GrantEventKind.Opened, "build", 100, 200),
            Event(GrantEventKind.Opened, "guests", 101, 120),
            Event(GrantEventKind.Revoked, "build", 110, 110), // guests still have it until 120
            Event(GrantEventKind.Opened, "guests", 130, 200),
            Event(GrantEventKind.Revoked, "build", 131, 131) // of what was closed already
        ), mustLast: true);

        var at = Node.Clock.GetUtcNow().AddSeconds(second);
        var json = (await Api.GetAsync($"/addresses/192.0.2.1?at={at:yyyy-MM-ddTHH:mm:ssZ}")).Expect(HttpStatusCode.OK).Json;

        Assert.True((bool)json["isOpen"]! == expected, json.ToJsonString());
    }

    [Fact]
    public async Task Targets_tell_how_they_do()
    {
        Node.Targets.GatewayState = "degraded";

        var targets = (await Api.GetAsync("/targets")).Expect(HttpStatusCode.OK).Items;
        var gateway = (await Api.GetAsync("/targets/gateway")).Expect(HttpStatusCode.OK).Json;

        Assert.Equal(["gateway", "feed"], targets.Select(target => (string)target!["name"]!));
        Assert.Equal(("degraded", "the table is gone", 7, 3), ((string)gateway["state"]!, (string)gateway["detail"]!, (int)gateway["entries"]!, (int)gateway["blocked"]!["build"]!));
        (await Api.GetAsync("/targets/nosuch")).Expect(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_target_is_compared_when_asked()
    {
        (await Api.SendAsync("POST", "/targets/gateway:reconcile", null)).Expect(HttpStatusCode.Accepted);
        (await Api.SendAsync("POST", "/targets/nosuch:reconcile", null)).Expect(HttpStatusCode.NotFound, "not-found");

        Assert.Equal(["gateway"], Node.Targets.Reconciled);
    }

    [Fact]
    public async Task A_feed_is_a_list_of_lines_that_is_fetched_again_only_when_it_changed()
    {
        var first = (await Api.GetAsync("//feeds/feed/build")).Expect(HttpStatusCode.OK);
        Assert.Equal(("text/plain", "\"a1\"", "192.0.2.1\n2001:db8::1\n"), (first.Type, first.ETag, first.Text));

        foreach (var match in new[] { "\"a1\"", "W/\"a1\"", "\"zz\", \"a1\"", "*" })
        {
            var same = (await Api.GetAsync("//feeds/feed/build", ("If-None-Match", match))).Expect(HttpStatusCode.NotModified);
            Assert.Equal(("", "\"a1\""), (same.Text, same.ETag));
        }

        Node.Targets.Content = new FeedContent("b2", []);
        var changed = (await Api.GetAsync("//feeds/feed/build", ("If-None-Match", "\"a1\""))).Expect(HttpStatusCode.OK);
        Assert.Equal(("", "\"b2\""), (changed.Text, changed.ETag));
        foreach (var path in new[] { "//feeds/feed/nosuch", "//feeds/gateway/build", "//feeds/nosuch/build" })
            (await Api.GetAsync(path)).Expect(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_feed_that_has_not_changed_since_a_date_is_not_sent_again_and_a_tag_counts_more_than_a_date()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(Node.Clock.GetUtcNow().ToUnixTimeSeconds());
        Node.Targets.Content = new FeedContent("a1", ["192.0.2.1"]) { LastModified = now };

        (await Api.GetAsync("//feeds/feed/build", ("If-Modified-Since", now.ToString("R")))).Expect(HttpStatusCode.NotModified);
        (await Api.GetAsync("//feeds/feed/build", ("If-Modified-Since", now.AddSeconds(-1).ToString("R")))).Expect(HttpStatusCode.OK);
        (await Api.GetAsync("//feeds/feed/build", ("If-Modified-Since", now.ToString("R")), ("If-None-Match", "\"zz\""))).Expect(HttpStatusCode.OK);
        (await Api.GetAsync("//feeds/feed/build", ("If-Modified-Since", "yesterday"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_look_at_a_feed_is_its_headers_alone_and_no_change_to_write_down()
    {
        var reply = (await Api.SendAsync("HEAD", "//feeds/feed/build", null)).Expect(HttpStatusCode.OK);

        Assert.Equal(("", "\"a1\""), (reply.Text, reply.ETag));
        Assert.DoesNotContain("HEAD", (await Api.GetAsync("/audit-log")).Expect(HttpStatusCode.OK).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_shows_its_name_and_password_and_gets_nothing_but_its_feed_for_them()
    {
        static (string, string) Basic(string text) => ("Authorization", $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))}");
        (await Api.GetAsync("//feeds/feed/build", Basic("device:a:long password"))).Expect(HttpStatusCode.OK);
        (await Api.SendAsync("POST", "/tokens", """{"name": "one", "scopes": ["admin"]}""")).Expect(HttpStatusCode.Created);

        (await Api.GetAsync("//feeds/feed/build", Basic("device:a:long password"))).Expect(HttpStatusCode.OK);
        foreach (var wrong in new[] { Basic("device:other"), Basic("device"), Basic("other:a:long password"), ("Authorization", "Basic %%%"), ("Authorization", "Basic") })
            (await Api.GetAsync("//feeds/feed/build", wrong)).Expect(HttpStatusCode.Unauthorized, "no-token");
        Node.Targets.HasPassword = true;
        using var http = new HttpClient { BaseAddress = Node.Address };
        Assert.Equal(["Bearer", "Basic"], (await http.GetAsync(new Uri("/feeds/feed/build", UriKind.Relative))).Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
        (await Api.GetAsync("//feeds/other/build", Basic("device:a:long password"))).Expect(HttpStatusCode.Unauthorized, "no-token");
        (await Api.GetAsync("/grants", Basic("device:a:long password"))).Expect(HttpStatusCode.Unauthorized, "no-token");
    }

    [Fact]
    public async Task Names_are_a_list_of_their_own_and_what_is_no_list_is_said_so()
    {
        Assert.Equal("example.com\n", (await Api.GetAsync("//feeds/feed/build?list=names")).Expect(HttpStatusCode.OK).Text);
        Assert.Equal("192.0.2.1\n2001:db8::1\n", (await Api.GetAsync("//feeds/feed/build?list=addresses")).Expect(HttpStatusCode.OK).Text);
        (await Api.GetAsync("//feeds/feed/build?list=everything")).Expect(HttpStatusCode.UnprocessableEntity, "bad-list");
    }

    [Fact]
    public async Task A_long_feed_is_packed_for_those_who_can_unpack_it()
    {
        Node.Targets.Content = new FeedContent("a1", [.. Enumerable.Range(0, 1_000).Select(i => $"192.0.{i / 250}.{i % 250}")]);

        using var http = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = Node.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/feeds/feed/build", UriKind.Relative));
        request.Headers.AcceptEncoding.ParseAdd("br, gzip;q=0.5");
        using var packed = await http.SendAsync(request);
        Assert.Equal(["gzip"], packed.Content.Headers.ContentEncoding);
        Assert.Equal("\"a1-gzip\"", packed.Headers.ETag!.Tag);
        using var text = new StreamReader(new System.IO.Compression.GZipStream(await packed.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress));
        Assert.Equal(string.Concat(Node.Targets.Content.Lines.Select(line => line + "\n")), await text.ReadToEndAsync());

        (await Api.GetAsync("//feeds/feed/build", ("Accept-Encoding", "gzip"), ("If-None-Match", "\"a1-gzip\""))).Expect(HttpStatusCode.NotModified);
        Assert.Equal("\"a1\"", (await Api.GetAsync("//feeds/feed/build", ("Accept-Encoding", "gzip;q=0"))).Expect(HttpStatusCode.OK).ETag);
    }

    private void OpenThree() => Node.Grants.Open.AddRange([FakeGrants.Of("a", "build", "192.0.2.1", "api.example.com"), FakeGrants.Of("b", "guests", "192.0.2.2", "www.example.com"), FakeGrants.Of("c", "build", "2001:db8::1", "www.example.com")]);

    private GrantEvent Event(GrantEventKind kind, string group, int at, int until)
    {
        var now = Node.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.True(PortRange.TryParse("tcp/443", out var ports));
        return kind is GrantEventKind.Opened
            ? new GrantEvent(kind, now + (at * 1_000), now + (until * 1_000), group, Addresses.Of("192.0.2.1"), ports, "api.example.com", RecordType.A, "x.example", "github/r-1", 3)
            : new GrantEvent(kind, now + (at * 1_000), now + (until * 1_000), group, Addresses.Of("192.0.2.1"), ports, "", RecordType.None, "", null, 3);
    }
}
