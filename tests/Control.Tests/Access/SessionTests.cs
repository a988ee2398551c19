using System.Net;
using DnsGuard.Control.Access;

namespace DnsGuard.Control.Tests.Access;

/// <summary>The console's login: a token for a cookie, and what the cookie is good for.</summary>
public sealed class SessionTests : ControlTest
{
    [Fact]
    public async Task A_token_is_traded_for_a_cookie_that_no_script_and_no_other_site_gets()
    {
        var login = await LoginAsync(Node.Tokens.Create("me", [Scopes.PolicyRead], null).Secret);
        var cookie = login.Expect(HttpStatusCode.OK).Headers["Set-Cookie"];
        Assert.Contains("; path=/", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=strict", cookie, StringComparison.Ordinal);
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        var who = (await Api.GetAsync("/whoami", Cookie(login))).Expect(HttpStatusCode.OK).Json;
        Assert.StartsWith("me (t-", (string)who["name"]!, StringComparison.Ordinal);
        Assert.Equal([Scopes.PolicyRead], who["scopes"]!.AsArray().Select(scope => (string)scope!));
        (await Api.GetAsync("/query-log", Cookie(login))).Expect(HttpStatusCode.Forbidden, "missing-scope");
        Assert.Equal("POST /api/v1/session", Assert.Single(Node.Audit.List(long.MaxValue, 10)).Action);
    }

    [Theory]
    [InlineData("dg_wrong")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Without_a_good_token_there_is_no_cookie_and_nothing_in_the_audit_log(string? token)
    {
        Node.Tokens.Create("me", [Scopes.Admin], null);
        var reply = await LoginAsync(token);
        reply.Expect(HttpStatusCode.Unauthorized, "bad-token");
        Assert.False(reply.Headers.ContainsKey("Set-Cookie"));
        Assert.Empty(Node.Audit.List(long.MaxValue, 10));
    }

    [Fact]
    public async Task A_cookie_alone_writes_nothing()
    {
        var login = await LoginAsync(Node.Tokens.Create("me", [Scopes.Admin], null).Secret);
        (await Api.SendAsync("POST", "/cache:flush", null, headers: Cookie(login))).Expect(HttpStatusCode.Unauthorized, "no-token");
        (await Api.SendAsync("POST", "/cache:flush", null, headers: [Cookie(login), (Sessions.WriteHeader, "console")])).Expect(HttpStatusCode.NoContent);
        Assert.Equal(1, Node.Flushes);
    }

    [Fact]
    public async Task A_session_ends_with_its_token()
    {
        var (token, secret) = Node.Tokens.Create("me", [Scopes.Admin], null);
        var login = await LoginAsync(secret);
        Node.Tokens.Revoke(token.Id);
        (await Api.GetAsync("/whoami", Cookie(login))).Expect(HttpStatusCode.Unauthorized, "no-token");
    }

    [Fact]
    public async Task A_session_ends_with_half_a_day_of_silence_and_not_before()
    {
        var login = await LoginAsync(Node.Tokens.Create("me", [Scopes.Admin], null).Secret);
        for (var hours = 0; hours < 3; hours++)
        {
            Node.Clock.Advance(TimeSpan.FromHours(11));
            (await Api.GetAsync("/whoami", Cookie(login))).Expect(HttpStatusCode.OK);
        }

        Node.Clock.Advance(TimeSpan.FromHours(13));
        (await Api.GetAsync("/whoami", Cookie(login))).Expect(HttpStatusCode.Unauthorized, "no-token");
    }

    [Fact]
    public async Task Whoever_logs_out_is_out()
    {
        var login = await LoginAsync(Node.Tokens.Create("me", [Scopes.Admin], null).Secret);
        (await Api.SendAsync("DELETE", "/session", null, headers: Cookie(login))).Expect(HttpStatusCode.NoContent);
        (await Api.GetAsync("/whoami", Cookie(login))).Expect(HttpStatusCode.Unauthorized, "no-token");
        Assert.Equal("DELETE /api/v1/session", Node.Audit.List(long.MaxValue, 10)[0].Action);
    }

    [Fact]
    public async Task A_guessed_cookie_is_none()
    {
        Node.Tokens.Create("me", [Scopes.Admin], null);
        (await Api.GetAsync("/whoami", ("Cookie", "dnsguard-session=AAAA"))).Expect(HttpStatusCode.Unauthorized, "no-token");
    }

    private Task<Reply> LoginAsync(string? token) => Api.SendAsync("POST", "/session", System.Text.Json.JsonSerializer.Serialize(new { token }));

    private static (string, string) Cookie(Reply login) => ("Cookie", login.Headers["Set-Cookie"].Split(';')[0]);
}
