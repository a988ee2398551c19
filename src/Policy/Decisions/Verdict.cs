namespace DnsGuard.Policy.Decisions;

/// <summary>What becomes of a question.</summary>
public enum Outcome : byte
{
    /// <summary>No rule allows it: deny is the default of every switch over policy, and of this enumeration.</summary>
    Blocked,

    /// <summary>A rule allows it.</summary>
    Allowed,

    /// <summary>It would be blocked, but the group is in audit mode.</summary>
    Audited,

    /// <summary>The client belongs to no group and may not ask at all.</summary>
    Refused,
}

/// <summary>Why a question was judged as it was.</summary>
public enum VerdictReason : byte
{
    /// <summary>No rule matches the name.</summary>
    NoRule,

    /// <summary>The most specific rule allows.</summary>
    AllowRule,

    /// <summary>The most specific rule denies.</summary>
    DenyRule,

    /// <summary>Rules match the name, but none of them the type.</summary>
    TypeNotAllowed,

    /// <summary>The rule that would have matched has expired.</summary>
    Expired,

    /// <summary>The client's address belongs to no group.</summary>
    UnknownClient,

    /// <summary>The name was allowed, but its addresses lie where no answer from outside may point.</summary>
    Rebinding,

    /// <summary>The name was allowed, but an alias in its chain is not (<c>aliases: inspect</c>).</summary>
    AliasNotAllowed,

    /// <summary>The client's queries below a wildcard look like a tunnel.</summary>
    Tunnel,
}

/// <summary>What a snapshot says of one question.</summary>
/// <param name="Outcome">What becomes of it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Group">The index of the client's group in the snapshot; -1 where there is none.</param>
/// <param name="Rule">The index of the rule that decided; -1 where none did.</param>
/// <param name="Fingerprint">
/// Identifies everything in the policy that shapes this answer: the deciding rules and the group's settings. A cached answer made
/// under another fingerprint must be shaped and granted anew; so no edit ever has to flush a cache.
/// </param>
public readonly record struct Verdict(Outcome Outcome, VerdictReason Reason, int Group, int Rule, ulong Fingerprint)
{
    /// <summary>May the question be answered?</summary>
    public bool IsAnswered => Outcome is Outcome.Allowed or Outcome.Audited;
}
