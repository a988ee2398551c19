using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Exchange;

/// <summary>ACLs of the Smokescreen proxy, version 1: services with their allowed domains; <c>*.example.com</c> is every name below.</summary>
/// <remarks>There, the global deny list wins over all, and a service's own list over the global allow list; both lists allow.</remarks>
internal sealed class SmokescreenAcl : IExchangeFormat
{
    private const string DefaultService = "default";

    /// <inheritdoc/>
    public string Name => "smokescreen";

    /// <inheritdoc/>
    public string MediaType => "application/yaml";

    /// <inheritdoc/>
    public FormatTraits Traits { get; } = new() { Kinds = [PatternKind.Exact, PatternKind.Below], SplitsSubtrees = true, SaysAction = true, DenyAlwaysWins = true };

    /// <inheritdoc/>
    public bool IsSurely(ReadOnlySpan<char> head) => head.Contains("allowed_domains:", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Read(string text, RuleIntake intake)
    {
        var documents = YamlPieces.Read(text, intake);
        if (documents.Count > 1)
            intake.Invalid(documents[1].LinesBefore + 1, "---", "there is a second document", "Import one at a time");
        else if (documents is [var (root, before)])
            new AclReader(intake, before).Read(root);
    }

    /// <inheritdoc/>
    public void Write(RuleSelection rules, TextWriter text)
    {
        text.WriteLine("version: v1");
        text.WriteLine("services:");
        text.WriteLine($"  - name: {rules.Source.Name}");
        text.WriteLine("    project: dnsguard");
        text.WriteLine($"    action: {(rules.Source.IsAudit ? "report" : "enforce")}");
        var denied = rules.That(RuleAction.Deny).SelectMany(Domains).ToHashSet(StringComparer.Ordinal);
        // One half of a subtree may be denied by a rule of its own.
        WriteDomains("    allowed_domains:", "      ", rules.That(RuleAction.Allow).SelectMany(Domains).Where(domain => !denied.Contains(domain)), text);
        WriteDomains("global_deny_list:", "  ", denied, text);
        text.WriteLine("global_allow_list: []");
    }

    private static IEnumerable<string> Domains(RuleDocument rule)
    {
        if (rule.Pattern.Kind is not PatternKind.Below)
            yield return rule.Pattern.Suffix.ToString();
        if (rule.Pattern.Kind is not PatternKind.Exact)
            yield return $"*.{rule.Pattern.Suffix}";
    }

    private static void WriteDomains(string key, string indent, IEnumerable<string> domains, TextWriter text)
    {
        var isEmpty = true;
        foreach (var domain in domains)
        {
            text.Write(isEmpty ? $"{key}\n" : "");
            isEmpty = false;
            text.WriteLine($"{indent}- \"{domain}\"");
        }

        text.Write(isEmpty ? $"{key} []\n" : "");
    }

    private sealed class AclReader(RuleIntake intake, int linesBefore)
    {
        private readonly HashSet<string> _denied = new(StringComparer.OrdinalIgnoreCase);

        public void Read(TextNode root)
        {
            if (YamlPieces.Find(root, "version") is TextScalar { Value: not "v1" } version)
                intake.Invalid(Line(version), version.Value, "only version v1 is known", "Write version: v1");
            // First of all, since it wins over what follows.
            foreach (var domain in YamlPieces.Members(YamlPieces.Find(root, "global_deny_list")))
                ReadDomain(domain, RuleAction.Deny);
            if (Service(root) is { } service)
                ReadService(service);
            foreach (var domain in YamlPieces.Members(YamlPieces.Find(root, "global_allow_list")))
                ReadDomain(domain, RuleAction.Allow);
        }

        private TextNode? Service(TextNode root)
        {
            var services = YamlPieces.Members(YamlPieces.Find(root, "services"));
            var fallback = YamlPieces.Find(root, DefaultService);
            if (intake.Options.Service is { } wanted)
            {
                var found = services.FirstOrDefault(service => YamlPieces.Word(service, "name") == wanted) ?? (wanted == DefaultService ? fallback : null);
                if (found is null)
                    intake.Invalid(Line(root), wanted, "there is no such service", "Name one of those in the file");
                return found;
            }

            if (services.Count + (fallback is null ? 0 : 1) <= 1)
                return services is [var only] ? only : fallback;
            intake.Invalid(Line(services is [var first, ..] ? first : root), "", "the file has several services, and a list or group is one", $"Say which with service: {string.Join(", ", services.Take(20).Select(service => YamlPieces.Word(service, "name")).Append(fallback is null ? null : DefaultService).OfType<string>())}");
            return null;
        }

        private void ReadService(TextNode service)
        {
            var action = YamlPieces.Find(service, "action");
            if (action is TextScalar { Value: "report" })
                intake.LeftOut(Line(action), "action: report", "a list cannot say that nothing is blocked", "Give the group mode: audit, if that is still wanted");
            else if (action is not null and not TextScalar { Value: "enforce" })
                intake.LeftOut(Line(action), (action as TextScalar)?.Value ?? "action", "such a service may ask for every name", "Name what is needed");
            foreach (var (key, _) in (service as TextMap)?.Entries ?? [])
            {
                if (key.Value is not ("name" or "project" or "action" or "allowed_domains"))
                    intake.LeftOut(Line(key), key.Value, "there is no such thing here", "Nothing is to be done, if names are all that was meant");
            }

            foreach (var domain in YamlPieces.Members(YamlPieces.Find(service, "allowed_domains")))
                ReadDomain(domain, RuleAction.Allow);
        }

        private void ReadDomain(TextNode node, RuleAction action)
        {
            if (node is not TextScalar { Value.Length: > 0 } domain)
                intake.Invalid(Line(node), "", $"there is {node.Kind} where a name should stand", "Write a name, or *. and a name");
            else if (action is RuleAction.Allow && IsDenied(domain.Value))
                intake.LeftOut(Line(node), domain.Value, "the global deny list denies it, and there that wins", "Deny less");
            else if (domain.Value.StartsWith("*.", StringComparison.Ordinal))
                intake.Add(Line(node), Denying(action, domain.Value), PatternKind.Below, domain.Value.AsSpan(2));
            else if (domain.Value[0] == '*')
                intake.Invalid(Line(node), domain.Value, "an asterisk stands only in front, with a dot behind it", "Write *. and a name");
            else
                intake.Add(Line(node), Denying(action, domain.Value), PatternKind.Exact, domain.Value);
        }

        private RuleAction Denying(RuleAction action, string domain)
        {
            if (action is RuleAction.Deny && domain.Length <= ExchangeLimits.NameCharacters)
                _denied.Add(domain.TrimEnd('.'));
            return action;
        }

        private bool IsDenied(string domain)
        {
            if (domain.Length > ExchangeLimits.NameCharacters)
                return false;
            domain = domain.TrimEnd('.');
            if (_denied.Contains(domain))
                return true;
            for (var dot = domain.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = domain.IndexOf('.', dot + 1))
            {
                if (_denied.Contains('*' + domain[dot..]))
                    return true;
            }

            return false;
        }

        private int Line(TextNode node) => node.Line + linesBefore;
    }
}
