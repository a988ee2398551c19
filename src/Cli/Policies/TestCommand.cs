using System.CommandLine;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Writing;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Cli.Policies;

/// <summary><c>dnsguard test NAME --client IP [--policy FILE]</c>: would it be answered, and by which rule?</summary>
internal static class TestCommand
{
    public static Command Create(CliContext context, string suffixFile)
    {
        var name = new Argument<string>("name") { Description = "The name to judge" };
        var client = new Option<string>("--client") { Description = "The client's address", Required = true };
        var type = new Option<string>("--type") { Description = "The type", DefaultValueFactory = _ => "A" };
        var policy = new Option<string?>("--policy") { Description = "Judge this policy file instead of the server's policy" };
        var command = new Command("test", "Judge a question without asking it; exit code 1 when it would be blocked") { name, client, type, policy };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var question = new Question(arguments.GetValue(name)!, arguments.GetValue(client)!, arguments.GetValue(type)!);
            var verdict = arguments.GetValue(policy) is { } file
                ? JudgeFile(file, suffixFile, question)
                : (await api.SendAsync(HttpMethod.Post, "/api/v1/verdicts:test", new JsonObject { ["client"] = question.Client, ["name"] = question.Name, ["type"] = question.Type }.ToJsonString()).ConfigureAwait(false))!;
            Show(verdict, arguments.GetValue(context.Form));
            return (string?)verdict["outcome"] is "allowed" or "audited" ? ExitCode.Ok : ExitCode.No;
        }));
        return command.WithExamples(
            ("dnsguard test api.example.com --client 10.0.3.7", "as the server would judge it now"),
            ("dnsguard test api.example.com --client 10.0.3.7 --policy draft.yaml", "as a file would, without a server"));
    }

    private static JsonObject JudgeFile(string file, string suffixFile, Question question)
    {
        var problems = new List<TextProblem>();
        var document = PolicyReader.Read(CliContext.ReadFile(file), problems);
        // A file alone does not know which targets a server has: those it names are taken for granted.
        var targets = document.Groups.SelectMany(group => group.Targets ?? []).Distinct(StringComparer.Ordinal).ToList();
        new PolicyValidator(PublicSuffixes.Parse(CliContext.ReadFile(suffixFile)), targets).Check(document, problems);
        if (problems.Count > 0)
            throw new CliException(ExitCode.Usage, $"the policy has problems:\n{string.Join('\n', problems.Select(problem => problem.Describe(file)))}");
        if (!InternetAddress.TryParse(question.Client, out var client))
            throw new CliException(ExitCode.Usage, $"--client is '{question.Client}'; give an address such as 10.0.3.7");
        if (!DomainName.TryParse(question.Name, out var name) || !RecordTypeText.TryRead(question.Type, out var type))
            throw new CliException(ExitCode.Usage, $"'{question.Name} {question.Type}' is not a name and a type");

        var snapshot = new PolicyCompiler([AddressRange.Parse("0.0.0.0/0"), AddressRange.Parse("::/0")], targets).Compile(0, document);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var verdict = snapshot.Decide(name.Octets, type, client, now);
        var rule = snapshot.Rule(verdict.Rule);
        return new JsonObject
        {
            ["outcome"] = ChoiceText.Write(verdict.Outcome),
            ["reason"] = ChoiceText.Write(verdict.Reason),
            ["group"] = verdict.Group < 0 ? null : snapshot.Groups[verdict.Group].Name,
            ["list"] = rule?.List,
            ["rule"] = rule is null ? null : new JsonObject { ["id"] = rule.Rule.Id, [ChoiceText.Write(rule.Rule.Action)] = rule.Rule.Pattern.Text },
            ["ports"] = verdict.IsAnswered ? new JsonArray([.. snapshot.Effective(name.Octets, type, verdict, now).Ports.Ranges.Select(range => (JsonNode)range.ToString())]) : null,
        };
    }

    private static void Show(JsonNode verdict, OutputForm form)
    {
        if (form is not OutputForm.Table)
        {
            Output.WriteOne(verdict, form, "outcome");
            return;
        }

        var rule = verdict["rule"];
        var where = (string?)verdict["list"] ?? (string?)verdict["group"];
        Console.Out.WriteLine($"{verdict["outcome"]}: {verdict["reason"]}{(rule is null ? "" : $" {where}/{rule["id"]} ({rule["allow"] ?? rule["deny"]})")}{(verdict["group"] is { } group ? $", group {group}" : "")}{(verdict["ports"] is { } ports ? $", opens {Cells.Text(ports)}" : "")}");
    }

    private sealed record Question(string Name, string Client, string Type);
}
