using System.Net;
using DnsGuard.Control.Access;
using DnsGuard.Control.Tests.OpenApi;

namespace DnsGuard.Control.Tests.Access;

public sealed class GateTests : ControlTest
{
    // Never the body that the route wants: whoever may not come in learns nothing about that either.
    private const string Nonsense = "{ this is no JSON";

    [Theory]
    [InlineData("none")]
    [InlineData("wrong")]
    [InlineData("empty")]
    [InlineData("expired")]
    [InlineData("revoked")]
    [InlineData("of another kind")]
    [InlineData("two")]
    public async Task Without_a_good_token_no_operation_lets_anybody_in(string kind)
    {
        var (good, secret) = Node.Tokens.Create("good", [Scopes.Admin], null);
        var (revoked, revokedSecret) = Node.Tokens.Create("revoked", [Scopes.Admin], null);
        Node.Tokens.Revoke(revoked.Id);
        var (_, expiredSecret) = Node.Tokens.Create("expired", [Scopes.Admin], Node.Clock.GetUtcNow().AddHours(1));
        Node.Clock.Advance(TimeSpan.FromHours(1));
        (string, string)[] headers = kind switch
        {
            "none" => [],
            "wrong" => [("Authorization", $"Bearer {secret[..^1]}")],
            "empty" => [("Authorization", "Bearer ")],
            "expired" => [("Authorization", $"Bearer {expiredSecret}")],
            "revoked" => [("Authorization", $"Bearer {revokedSecret}")],
            "of another kind" => [("Authorization", $"Basic {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{good.Id}:{secret}"))}")],
            _ => [("Authorization", $"Bearer {secret}, Bearer {revokedSecret}")],
        };

        foreach (var operation in (await Operations.ReadAsync(Node)).Where(operation => !operation.IsDoor))
        {
            foreach (var body in operation.IsRead ? [null] : new[] { null, Nonsense })
            {
                var reply = await Api.SendAsync(operation.Method, operation.Filled, body, headers: [.. headers, ("If-Match", "*")]);
                Assert.True(reply.Code == "no-token", $"{operation.Method} {operation.Path} {body}: {reply.Status} {reply.Text}");
                reply.Expect(HttpStatusCode.Unauthorized, "no-token");
                Assert.Equal("Bearer", reply.Headers["WWW-Authenticate"]);
            }
        }

        Assert.Equal(1, Node.Live.Current.Revision);
        Assert.Equal(0, Node.Flushes);
    }

    [Fact]
    public async Task A_token_lets_nobody_into_what_its_scopes_do_not_name()
    {
        foreach (var operation in await Operations.ReadAsync(Node))
        {
            if (operation.Scope is null)
                continue;
            using var api = Node.With([.. Scopes.All.Where(scope => scope != operation.Scope && scope != Scopes.Admin)]);
            var reply = await api.SendAsync(operation.Method, operation.Filled, operation.IsRead ? null : Nonsense, headers: ("If-Match", "*"));
            Assert.True(reply.Code == "missing-scope", $"{operation.Method} {operation.Path}: {reply.Status} {reply.Text}");
            Assert.Contains(operation.Scope, (string)reply.Expect(HttpStatusCode.Forbidden).Json["detail"]!, StringComparison.Ordinal);
        }

        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task Its_scope_or_admin_lets_a_token_into_every_operation()
    {
        foreach (var operation in (await Operations.ReadAsync(Node)).Where(operation => !operation.IsDoor))
        {
            foreach (var scope in new[] { operation.Scope ?? Scopes.AuditRead, Scopes.Admin })
            {
                using var api = Node.With(scope);
                var reply = await api.SendAsync(operation.Method, operation.Filled, null);
                Assert.True(reply.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError or HttpStatusCode.MethodNotAllowed), $"{operation.Method} {operation.Path} {scope}: {reply.Status} {reply.Text}");
            }
        }
    }

    [Fact]
    public async Task Reading_scopes_write_nothing()
    {
        using var api = Node.With([.. Scopes.All.Where(scope => scope.EndsWith(":read", StringComparison.Ordinal))]);
        foreach (var operation in (await Operations.ReadAsync(Node)).Where(operation => !operation.IsRead && !operation.IsDoor && operation.Scope?.EndsWith(":read", StringComparison.Ordinal) != true))
            (await api.SendAsync(operation.Method, operation.Filled, "{}", headers: ("If-Match", "*"))).Expect(HttpStatusCode.Forbidden, "missing-scope");
    }

    [Fact]
    public async Task Loopback_is_trusted_until_the_first_token_exists()
    {
        Assert.Equal("loopback", (string)(await Api.GetAsync("/whoami")).Expect(HttpStatusCode.OK).Json["name"]!);
        var created = (await Api.SendAsync("POST", "/tokens", """{"name":"me","scopes":["admin"]}""")).Expect(HttpStatusCode.Created);

        (await Api.GetAsync("/whoami")).Expect(HttpStatusCode.Unauthorized, "no-token");

        // Not even when there is no good one any more: whoever revokes the last must not be taken for everybody.
        Node.Tokens.Revoke((string)created.Json["id"]!);
        (await Api.GetAsync("/whoami")).Expect(HttpStatusCode.Unauthorized, "no-token");
    }

    [Theory]
    [InlineData("evil.example", false)]
    [InlineData("evil.example:8053", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("[2001:db8::1]", false)]
    [InlineData("localhost", true)]
    [InlineData("localhost:8053", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9:1", true)]
    [InlineData("[::1]:8053", true)]
    public async Task A_page_that_points_a_name_of_its_own_here_is_not_loopback(string host, bool trusted)
    {
        var reply = await Api.GetAsync("/whoami", ("Host", host));

        Assert.Equal(trusted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, reply.Status);
    }

    [Theory]
    [InlineData("cross-site", false)]
    [InlineData("same-site", false)]
    [InlineData("anything", false)]
    [InlineData("same-origin", true)]
    [InlineData("none", true)]
    public async Task A_page_of_another_site_may_do_nothing(string site, bool allowed)
    {
        foreach (var operation in await Operations.ReadAsync(Node))
        {
            var reply = await Api.SendAsync(operation.Method, operation.Filled, null, headers: ("Sec-Fetch-Site", site));
            Assert.True((reply.Code == "cross-site") == !allowed, $"{operation.Method} {operation.Path}: {reply.Status} {reply.Text}");
        }
    }

    [Fact]
    public async Task Answers_are_neither_kept_nor_guessed_at_nor_signed()
    {
        var reply = await Api.GetAsync("/whoami");

        Assert.Equal("no-store", reply.Headers["Cache-Control"]);
        Assert.Equal("nosniff", reply.Headers["X-Content-Type-Options"]);
        Assert.False(reply.Headers.ContainsKey("Server"));
    }

    [Theory]
    [InlineData("0.0.0.0:0", null, "may not listen on 0.0.0.0:0 without TLS")]
    [InlineData("192.0.2.1:8053", null, "Set control.certificate, or listen on loopback")]
    [InlineData("0.0.0.0:0", "some.pem", "before a token exists. Start it on loopback, run 'dnsguard token create")]
    public void Other_addresses_than_loopback_need_a_certificate_and_a_token(string listen, string? certificate, string because)
    {
        var services = new ControlServices(Node.Live, Node.Publisher, Node.Revisions, Node.QueryLog, Node.Journal, Node.Grants, Node.Targets, Node.Tokens, Node.Audit, Node.Readiness, () => { }, Node.Clock);
        using var metrics = new Control.Health.MetricsText();

        var refusal = Assert.Throws<ControlException>(() => ControlServer.Build(new ControlOptions { Listen = IPEndPoint.Parse(listen), Certificate = certificate }, services, metrics, _ => { }));

        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
    }
}
