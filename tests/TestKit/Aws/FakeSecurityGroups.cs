using System.Xml.Linq;

namespace DnsGuard.TestKit.Aws;

/// <summary>Security groups of an account and region, and their rules.</summary>
public sealed class FakeSecurityGroups
{
    private readonly FakeRegion _region;
    private readonly TimeProvider _time;
    private readonly FakeFaults _faults;
    private readonly Dictionary<string, FakeSecurityGroup> _groups = new(StringComparer.Ordinal);

    internal FakeSecurityGroups(FakeRegion region, TimeProvider time, FakeFaults faults) => (_region, _time, _faults) = (region, time, faults);

    /// <summary>A group.</summary>
    public FakeSecurityGroup this[string id] => _groups[id];

    /// <summary>Makes a group.</summary>
    public FakeSecurityGroup Add(string name, IReadOnlyDictionary<string, string>? tags = null)
    {
        var group = new FakeSecurityGroup(FakeRegion.Id("sg"), name, tags ?? new Dictionary<string, string>());
        _groups.Add(group.Id, group);
        return group;
    }

    /// <summary>Somebody else adds a rule to a group, as the console would.</summary>
    public FakeRule AddForeign(FakeSecurityGroup group, string protocol, int fromPort, int toPort, string target, IReadOnlyDictionary<string, string>? tags = null)
    {
        var rule = new FakeRule(FakeRegion.Id("sgr"), protocol, fromPort, toPort, target, null, tags ?? new Dictionary<string, string>(), DateTimeOffset.MinValue);
        group.Rules.Add(rule);
        return rule;
    }

    internal IEnumerable<XElement>? TryDo(string action, FakeForm form) => action switch
    {
        "DescribeSecurityGroups" => Describe(form),
        "DescribeSecurityGroupRules" => DescribeRules(form),
        "AuthorizeSecurityGroupEgress" => Authorize(form),
        "RevokeSecurityGroupEgress" => Revoke(form),
        _ => null,
    };

    private FakeSecurityGroup Find(string id) => _groups.GetValueOrDefault(id) ?? throw new FakeRefusal("InvalidGroup.NotFound", $"The security group '{id}' does not exist");

    private IEnumerable<XElement> Describe(FakeForm form)
    {
        var ids = form.Texts("GroupId");
        foreach (var id in ids)
            Find(id);
        if (ids.Count > 0 && form["MaxResults"] is not null)
            throw new FakeRefusal("InvalidParameterCombination", "The parameter GroupId cannot be used with the parameter maxResults");
        var found = _groups.Values.Where(group => (ids.Count == 0 || ids.Contains(group.Id)) && form.Passes(name => name == "group-id" ? [group.Id] : [group.Name], group.Tags));
        return FakeRegion.Page("securityGroupInfo", [.. found.Select(group => new XElement("item", new XElement("ownerId", _region.Account), new XElement("groupId", group.Id), new XElement("groupName", group.Name), new XElement("groupDescription", group.Name), new XElement("vpcId", "vpc-1"), FakeRegion.Tags(group.Tags)))], form, _faults.PageSize);
    }

    private IEnumerable<XElement> DescribeRules(FakeForm form)
    {
        var seen = _faults.Now - _faults.VisibleAfter;
        var found = _groups.Values.SelectMany(group => group.Rules.Concat(group.Gone.Where(gone => gone.At > seen).Select(gone => gone.Rule)).Where(rule => rule.MadeAt <= seen && form.Passes(name => name switch
        {
            "group-id" => [group.Id],
            "security-group-rule-id" => [rule.Id],
            _ => throw new FakeRefusal("InvalidParameterValue", $"The filter '{name}' is invalid"),
        }, rule.Tags)).Select(rule => Write(group, rule)));
        return FakeRegion.Page("securityGroupRuleSet", [.. found], form, _faults.PageSize);
    }

    private IEnumerable<XElement> Authorize(FakeForm form)
    {
        var group = Find(form.Required("GroupId"));
        var tags = form.Tags("security-group-rule");
        var added = new List<FakeRule>();
        foreach (var permission in form.List("IpPermissions"))
        {
            var (protocol, from, to) = (permission.Required("IpProtocol"), permission.Number("FromPort") ?? -1, permission.Number("ToPort") ?? -1);
            var targets = permission.List("IpRanges").Select(range => (Target: FakeRegion.Canonical(range.Required("CidrIp")), Description: range["Description"]))
                .Concat(permission.List("Ipv6Ranges").Select(range => (Target: FakeRegion.Canonical(range.Required("CidrIpv6")), Description: range["Description"])))
                .Concat(permission.List("PrefixListIds").Select(list => (Target: _region.PrefixLists.Find(list.Required("PrefixListId")).Id, Description: list["Description"])));
            foreach (var (target, description) in targets)
            {
                if (group.Rules.Concat(added).Any(rule => (rule.Protocol, rule.FromPort, rule.ToPort, rule.Target) == (protocol, from, to, target)))
                    throw new FakeRefusal("InvalidPermission.Duplicate", $"the specified rule \"peer: {target}, {protocol}, from port: {from}, to port: {to}, ALLOW\" already exists");
                added.Add(new FakeRule(FakeRegion.Id("sgr"), protocol, from, to, target, FakeRegion.Described(description), tags, _faults.Now));
            }
        }

        foreach (var isIPv6 in new[] { false, true })
        {
            if (group.Rules.Concat(added).Sum(rule => Weight(rule, isIPv6)) > _faults.RulesPerGroup)
                throw new FakeRefusal("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.");
        }

        group.Rules.AddRange(added);
        return [new XElement("return", "true"), new XElement("securityGroupRuleSet", added.Select(rule => Write(group, rule)))];
    }

    private IEnumerable<XElement> Revoke(FakeForm form)
    {
        var group = Find(form.Required("GroupId"));
        var rules = form.Texts("SecurityGroupRuleId").Select(id => group.Rules.Find(rule => rule.Id == id) ?? throw new FakeRefusal("InvalidSecurityGroupRuleId.NotFound", $"The security group rule ID '{id}' does not exist")).ToList();
        foreach (var rule in rules)
        {
            group.Rules.Remove(rule);
            group.Gone.Add((rule, _faults.Now));
        }

        return [new XElement("return", "true")];
    }

    // A list counts with all the entries it may have, in the family it is of.
    private int Weight(FakeRule rule, bool isIPv6) => rule.Target.StartsWith("pl-", StringComparison.Ordinal)
        ? (_region.PrefixLists.Find(rule.Target).Family == "IPv6") == isIPv6 ? _region.PrefixLists.Weight(rule.Target) : 0
        : FakeRegion.IsIPv6(rule.Target) == isIPv6 ? 1 : 0;

    private XElement Write(FakeSecurityGroup group, FakeRule rule) => new(
        "item", new XElement("securityGroupRuleId", rule.Id), new XElement("groupId", group.Id), new XElement("groupOwnerId", _region.Account), new XElement("isEgress", "true"),
        new XElement("ipProtocol", rule.Protocol), new XElement("fromPort", rule.FromPort), new XElement("toPort", rule.ToPort),
        new XElement(rule.Target.StartsWith("pl-", StringComparison.Ordinal) ? "prefixListId" : FakeRegion.IsIPv6(rule.Target) ? "cidrIpv6" : "cidrIpv4", rule.Target),
        rule.Description is null ? null : new XElement("description", rule.Description), FakeRegion.Tags(rule.Tags));
}

/// <summary>A group.</summary>
public sealed class FakeSecurityGroup
{
    internal FakeSecurityGroup(string id, string name, IReadOnlyDictionary<string, string> tags) => (Id, Name, Tags) = (id, name, tags);

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    internal IReadOnlyDictionary<string, string> Tags { get; }

    internal List<(FakeRule Rule, DateTimeOffset At)> Gone { get; } = [];

    /// <summary>Its outbound rules.</summary>
    public List<FakeRule> Rules { get; } = [];
}

/// <summary>An outbound rule.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Protocol">Its protocol.</param>
/// <param name="FromPort">The first port.</param>
/// <param name="ToPort">The last port.</param>
/// <param name="Target">A CIDR or a prefix list.</param>
/// <param name="Description">Its description.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="MadeAt">Since when.</param>
public sealed record FakeRule(string Id, string Protocol, int FromPort, int ToPort, string Target, string? Description, IReadOnlyDictionary<string, string> Tags, DateTimeOffset MadeAt);
