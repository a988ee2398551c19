using System.Globalization;
using System.Text;

namespace DnsGuard.Lab;

/// <summary>What the Internet's name servers say.</summary>
internal static class Zones
{
    /// <summary>How many names bench.lab has, each with addresses of its own.</summary>
    public const int BenchNames = 12_000;

    /// <summary>How many names <c>t-N</c>, <c>u-N</c> there are for tests that need one that nobody has used yet.</summary>
    public const int FreshNames = 240;

    private const string Head = "@ SOA ns.lab. hostmaster.lab. 1 3600 600 86400 60\n";

    public static string Root => $"$ORIGIN .\n$TTL 3600\n{Head}@ NS a.root.\na.root. A {NameServers.Root}\nlab. NS ns.lab.\nns.lab. A {NameServers.Tld}\n";

    public static string Tld
    {
        get
        {
            var text = new StringBuilder($"$ORIGIN lab.\n$TTL 3600\n{Head}@ NS ns.lab.\nns A {NameServers.Tld}\n");
            foreach (var zone in new[] { "shop", "cdn", "bench" })
                text.Append(CultureInfo.InvariantCulture, $"{zone} NS ns.{zone}.lab.\nns.{zone} A {NameServers.Leaf}\n");
            return text.ToString();
        }
    }

    public static string Shop
    {
        get
        {
            var text = new StringBuilder($$"""
                $ORIGIN shop.lab.
                $TTL 60
                {{Head}}@ NS ns
                ns A {{NameServers.Leaf}}
                api A 100.0.1.10
                api AAAA 2a00:1::10
                www CNAME edge.cdn.lab.
                v6 AAAA 2a00:1::20
                svc HTTPS 1 . alpn="h2" ipv4hint="100.0.1.21" ech="AEX+DQBBpQAgACCu" ipv6hint="2a00:1::21"
                evil A 169.254.169.254
                evil10 A 10.0.0.1
                evil6 AAAA ::1
                evilsvc HTTPS 1 . alpn="h2" ipv4hint="10.0.0.5"
                mixed A 10.0.0.7
                mixed A 100.0.1.50
                short 2 A 100.0.1.30
                other A 100.0.1.66
                port A 100.0.1.70
                range A 100.0.1.71
                any A 100.0.1.72

                """);
            for (var i = 0; i < 70; i++)
                text.Append(CultureInfo.InvariantCulture, $"big A 100.0.2.{i + 1}\n");
            for (var i = 0; i < FreshNames; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"t-{i} A 100.0.3.{i + 1}\nt-{i} AAAA 2a00:1::3:{i + 1:x}\n");
                text.Append(CultureInfo.InvariantCulture, $"u-{i} A 100.0.4.{i + 1}\nu-{i} AAAA 2a00:1::4:{i + 1:x}\n");
            }

            return text.ToString();
        }
    }

    public static string Cdn => $"$ORIGIN cdn.lab.\n$TTL 60\n{Head}@ NS ns\nns A {NameServers.Leaf}\nedge CNAME edge2\nedge2 A 100.0.1.40\n";

    public static string Bench
    {
        get
        {
            var text = new StringBuilder($"$ORIGIN bench.lab.\n$TTL 300\n{Head}@ NS ns\nns A {NameServers.Leaf}\n");
            for (var i = 0; i < BenchNames; i++)
                text.Append(CultureInfo.InvariantCulture, $"n{i} A 100.1.{i >> 8}.{i & 255}\nn{i} AAAA 2a00:1::1:{i:x}\n");
            return text.ToString();
        }
    }
}
