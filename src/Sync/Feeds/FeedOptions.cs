namespace DnsGuard.Sync.Feeds;

/// <summary>feed: how devices want it, and who may fetch it.</summary>
public sealed record FeedOptions
{
    /// <summary>For which devices.</summary>
    public FeedFormat Format { get; init; }

    /// <summary>The name of devices that send one (HTTP Basic); null: a bearer token, or loopback, only.</summary>
    public string? Username { get; init; }

    /// <summary>SHA-256 of the password; empty without one. The password itself is not kept.</summary>
    public ReadOnlyMemory<byte> PasswordHash { get; init; }
}

/// <summary>How devices want their lists.</summary>
public enum FeedFormat
{
    /// <summary>One entry a line and nothing else.</summary>
    Plain,

    /// <summary>External dynamic lists of PAN-OS.</summary>
    PaloAlto,

    /// <summary>External threat feeds of FortiOS.</summary>
    Fortigate,

    /// <summary>Generic data centres of Check Point.</summary>
    CheckPoint,

    /// <summary>URL table aliases of pfSense and OPNsense.</summary>
    UrlTable,
}
