using System.CommandLine;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Doctor;

/// <summary><c>dnsguard doctor</c>: is everything as a node needs it? What is looked at on this machine, the host brings along.</summary>
internal static class DoctorCommand
{
    /// <param name="context">The shared options.</param>
    /// <param name="examine">Examines this machine for a configuration file.</param>
    public static Command Create(CliContext context, Func<string, CancellationToken, IAsyncEnumerable<Finding>> examine)
    {
        var config = new Option<string>("--config", "-c") { Description = "The configuration", HelpName = "FILE", DefaultValueFactory = _ => "config/dnsguard.yaml" };
        var command = new Command("doctor", "Check what a node needs on this machine, and tell the cure of what is wrong; exit code 1 when something fails") { config };
        command.SetAction((arguments, cancel) => CliContext.GuardAsync(async () =>
        {
            var findings = new List<Finding>();
            await foreach (var finding in examine(arguments.GetValue(config)!, cancel).ConfigureAwait(false))
                findings.Add(finding);
            Show(findings, arguments.GetValue(context.Form));
            return findings.Any(finding => finding.Result is FindingResult.Fail) ? ExitCode.No : ExitCode.Ok;
        }));
        return command.WithExamples(
            ("dnsguard doctor -c /etc/dnsguard/dnsguard.yaml", "before the first start, or when something is odd"),
            ("dnsguard doctor -o json | jq '.[] | select(.result != \"ok\")'", "only what is wrong, for other programs"));
    }

    private static void Show(IReadOnlyList<Finding> findings, OutputForm form)
    {
        if (form is not OutputForm.Table)
        {
            Output.Write([.. findings.Select(Item)], form, "check");
            return;
        }

        // Whole, on lines of their own: a cure that is cut to fit is none.
        var width = findings.Max(finding => finding.Check.Length);
        foreach (var finding in findings)
        {
            var lead = $"{Word(finding),-4}  {finding.Check.PadRight(width)}  ";
            Write(lead, Cells.Plain(finding.Detail), Word(finding));
            if (finding.Cure is { } cure)
                Console.Out.WriteLine($"{new string(' ', lead.Length)}→ {Cells.Plain(cure)}");
        }
    }

    private static JsonObject Item(Finding finding)
    {
        var item = new JsonObject { ["check"] = finding.Check, ["result"] = Word(finding), ["detail"] = finding.Detail };
        if (finding.Cure is { } cure)
            item["cure"] = cure;
        return item;
    }

    private static void Write(string lead, string detail, string word)
    {
        Output.Terminal?.Write(new Spectre.Console.Text(word, TextTable.StyleOf(word)));
        Console.Out.WriteLine($"{(Output.Terminal is null ? lead : lead[word.Length..])}{detail}.");
    }

    private static string Word(Finding finding) => finding.Result switch
    {
        FindingResult.Ok => "ok",
        FindingResult.Warn => "warn",
        _ => "fail",
    };
}
