using System.Globalization;
using DnsGuard.Cli.Doctor;
using DnsGuard.Dnssec;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Text;

namespace DnsGuard.Host.Doctor;

/// <summary>Are the files that a node starts from right?</summary>
internal static class ConfigurationChecks
{
    private const string Configuration = "configuration";
    private const string Policy = "policy";

    /// <summary>The configuration, null where it is wrong; and what was found.</summary>
    public static (HostOptions? Options, IReadOnlyList<Finding> Findings) Read(string file)
    {
        try
        {
            var options = ConfigurationFile.Read(file);
            return (options, [Finding.Ok(Configuration, $"{file} is valid"), .. Recursion(options), CheckPolicy(options)]);
        }
        catch (StartException wrong)
        {
            // Each reason ends with its cure.
            return (null, [.. wrong.Message.Split('\n').Select(reason => Split(Configuration, reason))]);
        }
    }

    private static IEnumerable<Finding> Recursion(HostOptions options)
    {
        var hints = MasterFileReader.Read(options.Resolver.RootHints, DomainName.Root);
        var servers = hints.Where(set => set.Owner.IsRoot && set.Type is RecordType.NS).Sum(set => set.Rdatas.Count);
        yield return options.Resolver.ForwardZones.Any(zone => zone.Zone.IsRoot)
            ? Finding.Ok("root hints", "everything is forwarded, so none are needed")
            : Finding.Ok("root hints", $"{servers.ToString(CultureInfo.InvariantCulture)} root servers are named");
        if (!options.Resolver.Validate)
        {
            yield return Finding.Warn("trust anchors", "nothing is validated, since 'validate' is false", "Leave 'validate' out, and name what is known to be broken in 'insecure'");
            yield break;
        }

        var anchors = TrustAnchors.Of(MasterFileReader.Read(options.Resolver.TrustAnchors, DomainName.Root)).All.Count;
        yield return Finding.Ok("trust anchors", $"{anchors.ToString(CultureInfo.InvariantCulture)} keys or digests of keys are trusted");
    }

    private static Finding CheckPolicy(HostOptions options)
    {
        try
        {
            var problems = new List<TextProblem>();
            var document = PolicyReader.Read(File.ReadAllText(options.PolicyFile), problems);
            var targets = options.Sync.Targets.Select(target => target.Name).ToList();
            var suffixes = PublicSuffixes.Parse(File.ReadAllText(options.PublicSuffixes ?? Program.ShippedSuffixes));
            new PolicyValidator(suffixes, targets, [.. options.Sync.Targets.Where(target => target.CanRefer).Select(target => target.Name)]).Check(document, problems);
            return problems.Count == 0
                ? Finding.Ok(Policy, $"{options.PolicyFile} is valid: {document.Groups.Count.ToString(CultureInfo.InvariantCulture)} groups, {document.Lists.Count.ToString(CultureInfo.InvariantCulture)} lists")
                : Split(Policy, problems[0].Describe(options.PolicyFile));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Only the first start reads it.
            return File.Exists(Path.Combine(options.Store.Directory, "dnsguard.db"))
                ? Finding.Warn(Policy, $"{failure.Message.TrimEnd('.')}; the stored revision is what counts", "Name a file in 'policyFile', or SIGHUP has nothing to read")
                : Finding.Fail(Policy, failure.Message.TrimEnd('.'), "Name a file in 'policyFile' that this user may read");
        }
    }

    private static Finding Split(string check, string reason)
    {
        var sentences = reason.TrimEnd('.').Split(". ", 2);
        return Finding.Fail(check, sentences[0], sentences.Length > 1 ? sentences[1] : "Mend it, and run this again");
    }
}
