using DnsGuard.Ec2.Operations;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Remote;

namespace DnsGuard.Sync.Aws;

/// <summary>Do the lists of a target fit into the security groups that refer to them, and do they hold what the configuration wants?</summary>
/// <remarks>A reference counts as all the entries that a list may have, once for each range of ports. AWS says so only when a rule is added; we say so before.</remarks>
internal sealed class PrefixListQuota(AwsTargetOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (PrefixList List, PortSet Ports)> _lists = [];

    /// <summary>Takes a list into account, and looks whether all of them fit.</summary>
    /// <exception cref="RemoteException">They do not; with the sum. None of them is changed then, since each is part of what is wrong.</exception>
    public void Check(PrefixList list, PortSet ports)
    {
        if (Misfit(list, ports) is { } misfit)
            throw new RemoteException(RemoteProblem.Unusable, misfit);
    }

    private string? Misfit(PrefixList list, PortSet ports)
    {
        lock (_lock)
        {
            _lists[list.Id] = (list, ports);
            var family = _lists.Values.Where(other => other.List.Family == list.Family).OrderBy(other => other.List.Id, StringComparer.Ordinal).ToList();
            return TooLarge(family, list.Family) ?? TooSmall(family, ports);
        }
    }

    private string? TooLarge(List<(PrefixList List, PortSet Ports)> family, string name)
    {
        var sum = family.Sum(other => other.List.MaxEntries * other.Ports.Ranges.Length) + options.OtherRules;
        if (sum <= options.RulesPerGroup)
            return null;
        var terms = string.Join(" + ", family.Select(other => $"{other.List.Id} {other.List.MaxEntries} × {other.Ports.Ranges.Length} ranges of ports"));
        return $"a security group that refers to these lists needs {sum} of {options.RulesPerGroup} rules for {name}: {terms} + {options.OtherRules} others. Make the lists smaller, or have the quota raised and set rulesPerGroup";
    }

    private string? TooSmall(List<(PrefixList List, PortSet Ports)> family, PortSet ports)
    {
        var same = family.Where(other => other.Ports.Equals(ports)).ToList();
        // Not every list has been read yet, perhaps.
        if (same.Sum(other => other.List.MaxEntries) is var sum && (sum >= options.Entries || _lists.Count < options.Lists.Count))
            return null;
        return $"the lists for {ports} hold {sum} entries ({string.Join(" + ", same.Select(other => $"{other.List.Id} {other.List.MaxEntries}"))}), and the configuration wants {options.Entries}. Enlarge them, or lower 'entries'";
    }
}
