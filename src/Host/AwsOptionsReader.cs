using System.Globalization;
using System.Text.RegularExpressions;
using DnsGuard.Ec2;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Sync;
using DnsGuard.Sync.Aws;

namespace DnsGuard.Host;

/// <summary>The keys of a target in AWS.</summary>
internal static partial class AwsOptionsReader
{
    // AWS: rules per security group × security groups per interface (VPC quotas).
    private const int RulesPerInterface = 1_000;

    /// <summary>Reads them, and refuses what cannot fit.</summary>
    public static AwsTargetOptions Read(MapReader reader, TargetKind kind, List<TextProblem> problems)
    {
        var defaults = new AwsTargetOptions(ReadEc2(reader), reader.NameAt("cluster") ?? "dnsguard");
        var options = defaults with
        {
            Lists = kind is TargetKind.PrefixList ? ReadLists(reader, problems) : [],
            SecurityGroups = kind is TargetKind.SecurityGroup ? [.. reader.Scalars("securityGroups").Select(id => ReadId(reader, id, "sg-"))] : [],
            RulesPerGroup = (int)reader.Number("rulesPerGroup", defaults.RulesPerGroup, 1, RulesPerInterface),
            OtherRules = (int)reader.Number("otherRules", defaults.OtherRules, 0, RulesPerInterface),
            GroupsPerInterface = (int)reader.Number("groupsPerInterface", defaults.GroupsPerInterface, 1, 16),
            Entries = kind is TargetKind.PrefixList ? (int)reader.Number("entries", defaults.Entries, 0, RulesPerInterface) : 0,
            NetworkAcls = [.. reader.Scalars("networkAcls").Select(id => ReadId(reader, id, "acl-"))],
            CutFirst = (int)reader.Number("cutFirst", defaults.CutFirst, 1, 32_000),
            CutEntries = (int)reader.Number("cutEntries", defaults.CutEntries, 1, 20),
            CutFor = reader.Duration("cutFor", defaults.CutFor, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)),
            Canary = reader.Has("canary") ? reader.Endpoints("canary", 443) is [var canary, ..] ? canary : null : null,
            CanaryPeriod = reader.Duration("canaryPeriod", defaults.CanaryPeriod, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)),
            Settle = reader.Duration("settle", defaults.Settle, TimeSpan.Zero, TimeSpan.FromSeconds(3)),
        };
        if (kind is TargetKind.PrefixList && options.Lists.Count == 0 && !reader.Has("lists"))
            reader.Complain(reader.Map, "missing-key", "the target names no 'lists'", "Write lists: [pl-…] with the ids of prefix lists that carry the tag dnsguard:cluster");
        if (kind is TargetKind.SecurityGroup && !reader.Has("securityGroups"))
            reader.Complain(reader.Map, "missing-key", "the target names no 'securityGroups'", "Write securityGroups: [sg-…]");
        CheckSum(reader, options);
        return options;
    }

    private static Ec2Options ReadEc2(MapReader reader)
    {
        var region = reader.Scalar("region");
        if (region is null)
            reader.Complain(reader.Map, "missing-key", "the target has no 'region'", "Write the region of the lists or groups, such as eu-west-1");
        else if (!Region().IsMatch(region.Value))
            reader.Complain(region, "bad-region", $"'{region.Value}' is not a region", "Write its code, such as eu-west-1");
        var defaults = new Ec2Options(region?.Value ?? "");
        var options = defaults with
        {
            RoleArn = reader.Text("roleArn"),
            ExternalId = reader.Text("externalId"),
            Endpoint = ReadEndpoint(reader, "endpoint"),
            StsEndpoint = ReadEndpoint(reader, "stsEndpoint"),
            UsesFips = reader.Flag("fips"),
            UsesDualStack = reader.Flag("dualStack"),
            CallsPerSecond = reader.Number("callsPerSecond", (long)defaults.CallsPerSecond, 1, 100),
            Burst = reader.Number("burst", (long)defaults.Burst, 1, 1_000),
            ReadsPerSecond = reader.Number("readsPerSecond", (long)defaults.ReadsPerSecond, 1, 100),
            ReadBurst = reader.Number("readBurst", (long)defaults.ReadBurst, 1, 1_000),
            Deadline = reader.Duration("deadline", defaults.Deadline, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)),
        };
        if (options.RoleArn is { } role && !RoleArn().IsMatch(role))
            reader.Complain(reader.Find("roleArn")!, "bad-role", $"'{role}' is not the ARN of a role", "Write arn:aws:iam::123456789012:role/NAME");
        return options with { AttemptTimeout = options.Deadline < defaults.AttemptTimeout ? options.Deadline : defaults.AttemptTimeout };
    }

    private static Uri? ReadEndpoint(MapReader reader, string key)
    {
        if (reader.Scalar(key) is not { } endpoint)
            return null;
        if (Uri.TryCreate(endpoint.Value, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http")
            return uri;
        reader.Complain(endpoint, "bad-endpoint", $"'{endpoint.Value}' is not the address of an API", "Write https://HOST, or leave it out for AWS's own");
        return null;
    }

    // "pl-1", or a mapping with the ports of the rules that refer to it.
    private static List<PrefixListOptions> ReadLists(MapReader reader, List<TextProblem> problems)
    {
        var lists = new List<PrefixListOptions>();
        foreach (var node in reader.List("lists"))
        {
            if (node is TextScalar id)
            {
                lists.Add(new PrefixListOptions(ReadId(reader, id, "pl-"), PortSet.Default));
                continue;
            }

            if (node is not TextMap map)
            {
                reader.Complain(node, "wrong-type", $"a list is {node.Kind}", "Write its id, or {id: pl-…, ports: [tcp/443]}");
                continue;
            }

            var own = new MapReader(map, problems);
            lists.Add(new PrefixListOptions(own.Scalar("id") is { } scalar ? ReadId(own, scalar, "pl-") : "", own.Has("ports") ? PolicyReader.ReadPorts(own) : PortSet.Default));
            if (!own.Has("id"))
                own.Complain(map, "missing-key", "the list has no 'id'", "Write id: pl-…");
            own.RefuseTheRest();
        }

        foreach (var twice in lists.GroupBy(list => list.Id).Where(same => same.Count() > 1))
            reader.Complain(reader.Find("lists")!, "duplicate-list", $"{twice.Key} stands twice", "Name each list once; its ports may be several");
        // An address would have to go into both, and each would open what the other is for.
        var sets = lists.Select(list => list.Ports).Distinct().ToList();
        if (sets.SelectMany(set => set.Ranges).GroupBy(range => range).FirstOrDefault(same => same.Count() > 1) is { } shared)
            reader.Complain(reader.Find("lists")!, "shared-ports", $"{shared.Key} belongs to lists with different ports", "Give lists the same ports or none in common");
        return lists;
    }

    private static string ReadId(MapReader reader, TextScalar id, string prefix)
    {
        if (!id.Value.StartsWith(prefix, StringComparison.Ordinal) || id.Value.Length == prefix.Length || !id.Value[prefix.Length..].All(char.IsAsciiLetterOrDigit))
            reader.Complain(id, "bad-id", $"'{id.Value}' is not an id", $"Write one that begins with {prefix}");
        return id.Value;
    }

    private static void CheckSum(MapReader reader, AwsTargetOptions options)
    {
        if (options.RulesPerGroup * options.GroupsPerInterface > RulesPerInterface)
            reader.Complain(reader.Map, "over-quota", string.Create(CultureInfo.InvariantCulture, $"{options.RulesPerGroup} rules × {options.GroupsPerInterface} groups of an interface are {options.RulesPerGroup * options.GroupsPerInterface}, and AWS allows {RulesPerInterface}"), "Lower rulesPerGroup or groupsPerInterface to what the account has");
        var ranges = options.Lists.Select(list => list.Ports).Distinct().Sum(ports => ports.Ranges.Length);
        var wanted = (options.Entries * ranges) + options.OtherRules;
        if (wanted >= options.RulesPerGroup && (options.Entries > 0 || options.Lists.Count == 0))
        {
            reader.Complain(
                reader.Map, "over-quota",
                string.Create(CultureInfo.InvariantCulture, $"a security group would need {wanted} of {options.RulesPerGroup} rules: {options.Entries} entries × {ranges} ranges of ports + {options.OtherRules} others"),
                "Lower entries or otherRules, or have the quota raised and set rulesPerGroup");
        }
    }

    [GeneratedRegex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Region();

    [GeneratedRegex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex RoleArn();
}
