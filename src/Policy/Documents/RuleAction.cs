namespace DnsGuard.Policy.Documents;

/// <summary>What a rule does with the names it matches.</summary>
public enum RuleAction : byte
{
    /// <summary>Answer and grant.</summary>
    Allow,

    /// <summary>Block, though a less specific rule allows.</summary>
    Deny,
}
