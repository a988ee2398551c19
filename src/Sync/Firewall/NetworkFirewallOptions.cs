namespace DnsGuard.Sync.Firewall;

/// <summary>What the rules for a network firewall are made with.</summary>
/// <param name="References">The sets of addresses that names must be at, 1 to <see cref="MaxReferences"/>: the prefix lists that other targets of the same groups keep.</param>
public sealed record NetworkFirewallOptions(IReadOnlyList<AddressReference> References)
{
    /// <summary>AWS: IP set references in one rule group.</summary>
    public const int MaxReferences = 5;

    /// <summary>The first number of a rule, 1 to 3,000,000,000. A thousand million from there on are ours.</summary>
    /// <remarks>Far above the numbers of published rule sets (2,000,000 to 3,000,000) and those that people give by hand.</remarks>
    public uint SidBase { get; init; } = 1_000_000_000;
}

/// <summary>A set of addresses that rules name as <c>@NAME</c>.</summary>
/// <param name="Name">Letters, digits and underscores, a letter first; 32 at most.</param>
/// <param name="Arn">The ARN of the prefix list.</param>
public sealed record AddressReference(string Name, string Arn);
