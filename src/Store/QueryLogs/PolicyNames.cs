namespace DnsGuard.Store;

/// <summary>What the numbers in a record stand for; asked once per combination and block.</summary>
/// <param name="revision">The record's revision.</param>
/// <param name="group">The index of the group, or -1.</param>
/// <param name="rule">The index of the rule, or -1.</param>
/// <param name="ruleText">Gets the rule's name in UTF-8, as much of it as there is room for. Not an object: each record may have a rule of its own.</param>
/// <param name="ruleOctets">The octets written; 0 where there is no rule, or none known any more.</param>
/// <returns>The group's name; null where there is none, or none known any more.</returns>
public delegate string? PolicyNames(long revision, int group, int rule, Span<byte> ruleText, out int ruleOctets);
