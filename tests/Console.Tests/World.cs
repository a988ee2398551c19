using DnsGuard.TestKit;

namespace DnsGuard.Console.Tests;

/// <summary>A small Internet and the policy of a company that uses some of it.</summary>
internal static class World
{
    /// <summary>The first two octets of clients' addresses. Any loopback address may ask; in a network namespace of its own it may be 10.0.</summary>
    public static string Clients { get; } = Environment.GetEnvironmentVariable("DNSGUARD_CLIENTS") ?? "127.0";

    /// <summary>Who is who.</summary>
    public static string Payments => $"{Clients}.3.7";

    public static string Build => $"{Clients}.4.20";

    public static string Office => $"{Clients}.9.31";

    public static string Policy => $$"""
        # The allowlist of an invented company. Kept in its repository, and applied from there.
        apiVersion: dnsguard/v1
        kind: Policy
        lists:
          package-mirrors:
            comment: Package updates, for everybody who builds or patches
            rules:
              - allow: deb.mirror.example
                id: deb
              - allow: security.mirror.example
              - allow: "*.registry.example"
                id: registry
                owner: platform
          time-and-certificates:
            comment: Clocks, and whether certificates are revoked
            rules:
              - allow: ocsp.trust.example
                id: ocsp
                ports: [tcp/80]
              - allow: time.trust.example
                ports: [udp/123]
        groups:
          payments:
            comment: The payment service
            clients: [{{Clients}}.3.0/24]
            lists: [time-and-certificates]
            rules:
              - allow: api.bank.example
                id: card-payments
                ports: [tcp/443]
                owner: payments
                ticket: PAY-118
                comment: Card payments
              - allow: .ledger.example
                id: ledger
                ports: [tcp/443]
                owner: payments
              - deny: test.ledger.example
                comment: Never from production
          build:
            comment: Build machines
            clients: [{{Clients}}.4.0/24]
            lists: [package-mirrors, time-and-certificates]
            rules:
              - allow: "*.code.example"
                id: code
                owner: platform
              - allow: old.code.example
                comment: The former host; covered by the rule above
          office:
            comment: Laptops; watched before they are enforced
            clients: [{{Clients}}.9.0/24]
            mode: audit
            rules:
              - allow: .code.example
          default:
            comment: Every client that no other group names
            lists: [time-and-certificates]

        """;

    /// <summary>Starts the servers of the names above, and of some that nobody allowed.</summary>
    public static SignedInternet Internet()
    {
        var internet = new SignedInternet();
        internet.Zone("example", "");
        foreach (var (zone, names) in new (string, string[])[]
        {
            ("mirror", ["deb", "security"]), ("registry", ["a", "npm", "nuget"]), ("trust", ["ocsp", "time"]), ("bank", ["api", "www"]), ("ledger", ["app", "test", "eu"]),
            ("code", ["git", "old", "raw"]), ("telemetry", ["collect", "eu", "us"]), ("cdn", ["static", "img"]), ("chat", ["hooks"]),
        })
        {
            internet.Zone($"{zone}.example", string.Concat(names.Select((name, at) => $"{name} 300 IN A 93.184.{zone.Length * 7 + zone[0] % 50}.{at + 10}\n")));
        }

        return internet;
    }

    /// <summary>A morning of that company: who asks what, again and again.</summary>
    public static IEnumerable<(string Client, string Name)> Morning(int turn)
    {
        yield return (Payments, "api.bank.example");
        yield return ($"{Clients}.3.8", "app.ledger.example");
        yield return (Build, "deb.mirror.example");
        yield return ($"{Clients}.4.21", "git.code.example");
        yield return ($"{Clients}.4.22", "npm.registry.example");
        yield return (Build, "collect.telemetry.example");
        if (turn % 2 == 0)
            yield return (Payments, "hooks.chat.example");
        if (turn % 3 == 0)
            yield return ($"{Clients}.3.8", "test.ledger.example");
        yield return (Office, "git.code.example");
        yield return (Office, turn % 2 == 0 ? "static.cdn.example" : "img.cdn.example");
        yield return ($"{Clients}.4.23", "raw.code.example");
        yield return ($"{Clients}.50.{turn % 5}", "ocsp.trust.example");
        if (turn % 4 == 0)
            yield return ($"{Clients}.50.9", "eu.telemetry.example");
    }
}
