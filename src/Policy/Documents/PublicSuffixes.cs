using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Documents;

/// <summary>Suffixes under which strangers can have names: the public suffix list, registries' and multi-tenant hosts' alike (publicsuffix.org).</summary>
public sealed class PublicSuffixes
{
    private readonly HashSet<DomainName> _suffixes = [];
    private readonly HashSet<DomainName> _wildcards = [];
    private readonly HashSet<DomainName> _exceptions = [];
    private readonly HashSet<DomainName> _ancestors = [];

    private PublicSuffixes()
    {
    }

    /// <summary>No list: only top-level domains count as public suffixes, by the list's implicit rule <c>*</c>.</summary>
    public static PublicSuffixes None { get; } = new();

    /// <summary>Reads the list in its own format: one rule a line, <c>//</c> comments, <c>*.</c> wildcards and <c>!</c> exceptions.</summary>
    public static PublicSuffixes Parse(string text)
    {
        var result = new PublicSuffixes();
        foreach (var line in text.Split('\n'))
        {
            var rule = line.Trim();
            if (rule.Length == 0 || rule.StartsWith("//", StringComparison.Ordinal))
                continue;
            var (set, name) = rule switch
            {
                ['!', ..] => (result._exceptions, rule[1..]),
                ['*', '.', ..] => (result._wildcards, rule[2..]),
                _ => (result._suffixes, rule),
            };
            if (!NamePattern.TryParse(name, out var pattern, out _) || pattern!.Kind is not PatternKind.Exact)
                continue;
            set.Add(pattern.Suffix);
            if (set != result._exceptions)
                result.NoteAncestors(pattern.Suffix);
        }

        return result;
    }

    /// <summary>Would a wildcard right below this name reach names that strangers can have?</summary>
    /// <remarks>True for a suffix itself, for every name above one, and for a single label that no rule names.</remarks>
    public bool IsAtOrAbove(DomainName name) =>
        name.LabelCount <= 1
        || (!_exceptions.Contains(name)
            && (_suffixes.Contains(name) || _wildcards.Contains(name) || _wildcards.Contains(name.Parent) || _ancestors.Contains(name)));

    /// <summary>The name that somebody registered: one label below the longest public suffix. A suffix itself is returned as it is.</summary>
    public DomainName RegistrableDomain(DomainName name)
    {
        var below = name;
        for (var suffix = name; !suffix.IsRoot; suffix = suffix.Parent)
        {
            if (_exceptions.Contains(suffix))
                return suffix;
            if (suffix.LabelCount == 1 || _suffixes.Contains(suffix) || _wildcards.Contains(suffix.Parent))
                return below;
            below = suffix;
        }

        return name;
    }

    private void NoteAncestors(DomainName suffix)
    {
        for (var name = suffix.Parent; !name.IsRoot && _ancestors.Add(name); name = name.Parent)
        {
        }
    }
}
