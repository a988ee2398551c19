namespace DnsGuard.Store;

/// <summary>What the numbers in a record stand for; asked once per combination and block.</summary>
/// <param name="revision">The record's revision.</param>
/// <param name="group">The index of the group, or -1.</param>
/// <param name="rule">The index of the rule, or -1.</param>
/// <returns>Their names; null where there is none, or none known any more.</returns>
public delegate (string? Group, string? Rule) PolicyNames(long revision, int group, int rule);
