namespace DnsGuard.Lab.Internet;

/// <summary>Who is compared, and where each listens.</summary>
internal static class ResolverPlan
{
    public const string Network4 = "95.1.0.0/16";
    public const string Network6 = "2a95:1::/64";

    /// <summary>Our own name in the list.</summary>
    public const string Ours = "dnsguard";

    /// <summary>The resolvers by name.</summary>
    public static readonly IReadOnlyList<Resolver> All =
    [
        new("unbound", "95.1.0.1", "2a95:1::1"),
        new("kresd", "95.1.0.2", "2a95:1::2"),
        new("pdns", "95.1.0.3", "2a95:1::3"),
        new(Ours, "95.1.0.4", "2a95:1::4"),
    ];
}

/// <summary>A resolver: its name, and the addresses that it uses on both sides.</summary>
internal sealed record Resolver(string Name, string IPv4, string IPv6);
