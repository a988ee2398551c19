using System.Net;
using DnsGuard.Control.Access;

namespace DnsGuard.Control.Tests.Access;

public sealed class TokenTests : ControlTest
{
    [Fact]
    public async Task A_secret_is_shown_once()
    {
        var created = (await Api.SendAsync("POST", "/tokens", """{"name":"ci","scopes":["admin"],"expires":"2026-06-01T00:00:00Z"}""")).Expect(HttpStatusCode.Created).Json;
        using var api = new Api(Node.Address, (string)created["secret"]!);

        var listed = (await api.GetAsync("/tokens")).Expect(HttpStatusCode.OK);

        Assert.DoesNotContain((string)created["secret"]!, listed.Text, StringComparison.Ordinal);
        Assert.Equal(("ci", "2026-06-01T00:00:00+00:00"), ((string)listed.Items[0]!["name"]!, (string)listed.Items[0]!["expires"]!));
        Assert.Equal($"ci ({created["id"]})", (string)(await api.GetAsync("/whoami")).Json["name"]!);
    }

    [Theory]
    [InlineData("""{}""", "missing-key")]
    [InlineData("""{"name":"","scopes":["admin"]}""", "missing-key")]
    [InlineData("""{"name":"  ","scopes":["admin"]}""", "missing-key")]
    [InlineData("""{"name":"ci"}""", "bad-scope")]
    [InlineData("""{"name":"ci","scopes":[]}""", "bad-scope")]
    [InlineData("""{"name":"ci","scopes":[null]}""", "bad-scope")]
    [InlineData("""{"name":"ci","scopes":["root"]}""", "bad-scope")]
    [InlineData("""{"name":"ci","scopes":["admin","Admin"]}""", "bad-scope")]
    [InlineData("""{"name":"ci","scopes":["policy:read"]}""", "bad-scope")]
    [InlineData("""{"name":"ci","scopes":["admin"],"expires":"2025-12-31T23:59:59Z"}""", "bad-expiry")]
    [InlineData("""{"name":"ci\nPUT /policy 200","scopes":["admin"]}""", "bad-name")]
    [InlineData("""{"name":"ci\u001b[2J","scopes":["admin"]}""", "bad-name")]
    public async Task A_token_that_makes_no_sense_is_not_made(string body, string code)
    {
        (await Api.SendAsync("POST", "/tokens", body)).Expect(HttpStatusCode.UnprocessableEntity, code);

        Assert.False(Node.Tokens.Any());
    }

    [Theory]
    [InlineData("{", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("null", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("[]", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":5,"scopes":["admin"]}""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"ci","scopes":["admin"],"expires":"tomorrow"}""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"ci","scopes":["admin"]}""", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("""{"name":"ci","scopes":["admin"]}""", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_body_that_cannot_be_read_is_a_problem_and_not_an_empty_answer(string body, string type, HttpStatusCode status)
    {
        var reply = (await Api.SendAsync("POST", "/tokens", body, type)).Expect(status);

        Assert.Equal("application/problem+json", reply.Type);
        Assert.False(Node.Tokens.Any());
    }

    [Fact]
    public async Task A_revoked_token_is_refused_from_the_next_request_on()
    {
        using var admin = Node.With(Scopes.Admin);
        var (token, secret) = Node.Tokens.Create("ci", [Scopes.PolicyRead], null);
        using var ci = new Api(Node.Address, secret);
        (await ci.GetAsync("/policy")).Expect(HttpStatusCode.OK);

        (await admin.SendAsync("DELETE", $"/tokens/{token.Id}", null)).Expect(HttpStatusCode.NoContent);

        (await ci.GetAsync("/policy")).Expect(HttpStatusCode.Unauthorized, "no-token");
        (await admin.SendAsync("DELETE", $"/tokens/{token.Id}", null)).Expect(HttpStatusCode.NotFound, "not-found");
    }
}
