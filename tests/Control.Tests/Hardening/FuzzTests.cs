using System.Diagnostics;
using System.Net;
using System.Text;

namespace DnsGuard.Control.Tests.Hardening;

/// <summary>Bodies that nobody meant: none of them may be our fault, and none may leave a trace.</summary>
public sealed class FuzzTests : ControlTest
{
    private const int Seed = 20_261_123;
    private const int Bodies = 20_160;
    private const int AtOnce = 4;

    // What each operation takes, to be mutated: hardly anything that is random all through gets past the first character.
    private static readonly (string Method, string Path, string Type, string Body)[] Seeds =
    [
        ("PUT", "/policy?dryRun=true", "application/yaml", ControlNode.FirstPolicy),
        ("PUT", "/policy?dryRun=true", "application/json", """{"apiVersion": "dnsguard/v1", "kind": "Policy", "lists": {"a": {"rules": [{"allow": "x.example.com", "ports": ["tcp/443"]}]}}, "groups": {"default": {"lists": ["a"]}}}"""),
        ("POST", "/groups?dryRun=true", "application/json", """{"name": "new", "clients": ["10.1.0.0/16", "2001:db8::/32"], "mode": "audit", "lists": ["github"], "grace": "jvm", "rules": [{"allow": "*.example.com"}]}"""),
        ("PATCH", "/groups/build?dryRun=true", "application/merge-patch+json", """{"comment": "x", "mode": null, "blockResponse": "refused", "targets": ["gateway"], "families": "ipv4"}"""),
        ("POST", "/groups/build/rules?dryRun=true", "application/json", """{"allow": ".example.com", "ports": ["tcp/443", "udp/8000-8080"], "types": ["A", "TYPE65"], "expires": "2027-01-31T18:00:00Z", "comment": "c", "hold": "250ms", "pin": 2, "broad": true}"""),
        ("POST", "/groups/build/rules?dryRun=true", "application/yaml", "allow: \"cdn-*.example.com\"\nports: [tcp/443]\nprivate: allow # why\ndnssec: require\nvia: com.amazonaws.{region}.s3\n"),
        ("POST", "/lists/github/rules:batch?dryRun=true", "application/json", """{"add": [{"allow": "a.example.com"}, {"deny": "b.example.com"}], "remove": ["codeload"]}"""),
        ("POST", "/verdicts:test", "application/json", """{"client": "10.0.3.7", "name": "api.example.com", "type": "AAAA"}"""),
        ("POST", "/import?format=rpz&list=github&dryRun=true", "application/octet-stream", "$TTL 60\n@ SOA a. b. 1 2 3 4 5\n*.example.com CNAME .\nok.example.com CNAME rpz-passthru.\n"),
        ("POST", "/import?format=cilium&list=github&dryRun=true", "application/octet-stream", "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nspec:\n  egress:\n    - toFQDNs:\n        - matchPattern: \"*.example.com\"\n      toPorts: [{ports: [{port: \"443\", protocol: TCP}]}]\n"),
        ("POST", "/import?format=network-firewall&list=github&dryRun=true", "application/json", """{"RulesSource": {"RulesSourceList": {"Targets": [".example.com"], "TargetTypes": ["TLS_SNI"], "GeneratedRulesType": "ALLOWLIST"}}}"""),
        ("POST", "/import?format=squid&list=github&dryRun=true", "application/octet-stream", ".example.com\napi.example.org\n"),
        // Refused whatever it says, so that no token is made in whose presence all others are refused.
        ("POST", "/tokens", "application/json", """{"name": "x", "scopes": ["nothing"], "expires": "2027-01-31T18:00:00Z"}"""),
        ("POST", "/session", "application/json", """{"token": "dg_x"}"""),
    ];

    private static readonly string[] Spices =
    [
        "{", "}", "[", "]", "\"", ":", ",", "\n", "  ", "- ", "null", "true", "-1", "1e999", "99999999999999999999", "\\u0000", "\\ud800", "\0", "\t", "&a", "*a", "!!int ", "|", ">", "? ", "<<: ", "---\n", "...\n", "#", "%",
        "\uFEFF", "\u2028", "é", "𝄞", "*", "**", ".", "..", "xn--", "10.0.0.0/99", "::/0", "tcp/0-65535", "tcp/443-1", "TYPE99999", "2027-99-99", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z", "-250ms", "999999999d", "a.a.a.a.a.a.a.a", "$ORIGIN .\n", "$GENERATE 1-99 a$ CNAME .\n", "( ", ";",
    ];

    [Fact]
    public async Task No_body_is_an_inner_error_and_none_changes_anything()
    {
        var time = Stopwatch.StartNew();
        var counts = new int[600];
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(worker => SendAsync(worker, counts)));

        var told = string.Join(", ", counts.Select((count, status) => (count, status)).Where(pair => pair.count > 0).Select(pair => $"{pair.status}: {pair.count}"));
        Assert.True(counts.Skip(500).Sum() == 0, told);
        Assert.Equal(Bodies, counts.Sum());
        // Enough of them get past the form, or nothing behind it was tried.
        Assert.True(counts[200] > Bodies / 50 && counts[422] > Bodies / 10 && counts[400] > Bodies / 10, told);
        Assert.Equal(1, Node.Live.Current.Revision);
        Assert.False(Node.Tokens.Any());
        Assert.True(time.Elapsed < TimeSpan.FromMinutes(5), $"{time.Elapsed}");
    }

    private async Task SendAsync(int worker, int[] counts)
    {
        using var api = new Api(Node.Address, null);
        for (var number = worker; number < Bodies; number += AtOnce)
        {
            // Each by a seed of its own: a failure is told with what was sent.
            var random = new Random((Seed * 31) + number);
            var seed = Seeds[number % Seeds.Length];
            var body = Mutate(random, seed.Body);
            var reply = await api.EditAsync(seed.Method, seed.Path, body, type: seed.Type);
            Assert.True((int)reply.Status < 500 && (reply.Status is HttpStatusCode.OK || reply.Type == "application/problem+json"), $"{(int)reply.Status} for {seed.Method} {seed.Path}\n{body}\n{reply.Text}");
            Interlocked.Increment(ref counts[(int)reply.Status]);
        }
    }

    private static string Mutate(Random random, string body)
    {
        var text = new StringBuilder(body);
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(1, 8), text.Length - at);
            switch (random.Next(7))
            {
                case 0:
                    text.Insert(at, Spices[random.Next(Spices.Length)]);
                    break;
                case 1:
                    text.Remove(at, length);
                    break;
                case 2:
                    text.Insert(at, text.ToString(at, length));
                    break;
                case 3:
                    text.Length = at;
                    break;
                case 4:
                    if (at < text.Length)
                        text[at] = (char)random.Next(32, 127);
                    break;
                case 5:
                    text.Insert(at, new string("[{\"a-.:"[random.Next(7)], random.Next(1, 300)));
                    break;
                default:
                    var other = Seeds[random.Next(Seeds.Length)].Body;
                    text.Insert(at, other[random.Next(other.Length)..]);
                    break;
            }
        }

        return text.ToString();
    }
}
