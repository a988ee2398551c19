namespace DnsGuard.Control.Access;

/// <summary>What a token may do. <c>admin</c> includes the rest.</summary>
public static class Scopes
{
    /// <summary>See policy, revisions and verdicts.</summary>
    public const string PolicyRead = "policy:read";

    /// <summary>Change the policy.</summary>
    public const string PolicyWrite = "policy:write";

    /// <summary>See who asked what.</summary>
    public const string QueryLogRead = "querylog:read";

    /// <summary>See what is open, and why.</summary>
    public const string GrantsRead = "grants:read";

    /// <summary>Close grants.</summary>
    public const string GrantsWrite = "grants:write";

    /// <summary>See targets.</summary>
    public const string TargetsRead = "targets:read";

    /// <summary>Have targets compared.</summary>
    public const string TargetsWrite = "targets:write";

    /// <summary>See the audit log.</summary>
    public const string AuditRead = "audit:read";

    /// <summary>Everything, tokens included.</summary>
    public const string Admin = "admin";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [PolicyRead, PolicyWrite, QueryLogRead, GrantsRead, GrantsWrite, TargetsRead, TargetsWrite, AuditRead, Admin];
}
