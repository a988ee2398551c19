using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace DnsGuard.Host.Tests.Running;

/// <summary>Every command of the README, run as it stands there: only ports and the configuration are a test's own.</summary>
public sealed partial class ReadmeTests
{
    // Doctor has something to say of the forwarder, which is not there, and rules that are new are unused; what follows is stopped by timeout, and by curl itself.
    private static readonly (string Command, int Status)[] Expected = [("dnsguard doctor", 1), ("dnsguard rule review", 1), ("dnsguard log -f", 124), ("curl -sN", 28)];

    [NeedsToolsFact("bash", "curl", "dig")]
    public async Task Every_command_of_the_README_does_what_it_says()
    {
        using var guard = new GuardProcess();
        guard.Write("policy.yaml", File.ReadAllText(Path.Combine(Repository.Root, "config/policy.yaml")));
        await guard.Start(guard.Config(resolver: "  staleAfter: 0ms")).ReadyAsync();
        var commands = Blocks().SelectMany(Commands).ToList();
        Assert.True(commands.Count > 20, $"{commands.Count}");

        var told = Run(guard, commands);

        foreach (var command in commands)
            Assert.True(told.Contains($"=== 0 {command.Split('\n')[0]}\n", StringComparison.Ordinal), $"{command}\nfailed:\n{Before(told, command)}");
        // What they are there to show.
        Assert.Contains("status: NXDOMAIN", told, StringComparison.Ordinal);
        Assert.Contains("allowed: allowRule", told, StringComparison.Ordinal);
        Assert.Contains("\"allow\":\"api.example.net\"", told.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_verb_that_its_prose_names_is_there()
    {
        var verbs = Spans().Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md"))).Select(match => match.Groups[1].Value.Trim()).Distinct().ToList();
        Assert.True(verbs.Count >= 4, string.Join(", ", verbs));
        foreach (var verb in verbs)
        {
            using var help = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["exec", Repository.Executable, .. verb.Split(' '), "--help"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            help.StandardOutput.ReadToEnd();
            help.WaitForExit();
            Assert.True(help.ExitCode == 0, verb);
        }
    }

    // What it said, and not all that the others did: /metrics alone has hundreds of lines.
    private static string Before(string told, string command)
    {
        var end = told.IndexOf($" {command}\n", StringComparison.Ordinal) is >= 0 and var at ? at : told.Length;
        return told[Math.Max(0, end - 1_500)..end] + "\n…\n" + told[Math.Max(0, told.Length - 1_500)..];
    }

    private static IEnumerable<string> Blocks() => Fences().Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md"))).Select(match => match.Groups[1].Value);

    // Lines that end in a backslash go on; what a shell shows before a command is not of it.
    private static IEnumerable<string> Commands(string block) =>
        block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').Select(line => line.StartsWith("$ ", StringComparison.Ordinal) ? line[2..] : line)
            .Where(line => Ours().IsMatch(line)).Select(line => Comment().Replace(line, "").TrimEnd());

    private static string Run(GuardProcess guard, IReadOnlyList<string> commands)
    {
        var script = new StringBuilder("""
            dnsguard() { "$DOTNET" exec "$DNSGUARD" "$@"; }
            # An answer that is an error fails, as it would for who reads it.
            curl() { command curl --fail-with-body "$@"; }

            """);
        foreach (var command in commands)
        {
            var own = command.Replace(":8053", $":{guard.ControlPort}", StringComparison.Ordinal).Replace("-p 5300", $"-p {guard.DnsPort} +tries=1 +time=20", StringComparison.Ordinal).Replace("config/dnsguard.yaml", $"{guard.Folder}/dnsguard.yaml", StringComparison.Ordinal);
            // What follows goes on until it is stopped.
            if (command.StartsWith("dnsguard log -f", StringComparison.Ordinal))
                own = $"timeout -s INT 4 \"$DOTNET\" exec \"$DNSGUARD\" {own["dnsguard ".Length..]}";
            var expected = Expected.FirstOrDefault(other => command.StartsWith(other.Command, StringComparison.Ordinal)) is (not null, var status) ? $"$(($? == {status} ? 0 : 9))" : "$?";
            script.Append(own).Append("; echo \"=== ").Append(expected).Append(" \"'").Append(command.Replace("'", "'\\''", StringComparison.Ordinal)).Append("'\n");
            // The log is written a few times a second.
            if (command.StartsWith("dig", StringComparison.Ordinal))
                script.Append("sleep 1\n");
        }

        var start = new ProcessStartInfo("bash", ["-c", script.ToString()]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root };
        start.Environment["DOTNET"] = Environment.ProcessPath;
        start.Environment["DNSGUARD"] = Repository.Executable;
        start.Environment["DNSGUARD_SERVER"] = guard.Url("/").ToString();
        using var bash = Process.Start(start)!;
        var error = bash.StandardError.ReadToEndAsync();
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return output + error.GetAwaiter().GetResult();
    }

    [GeneratedRegex(@"```(?:sh|console)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex(@"^(?:dnsguard|curl|dig|source|api=)")]
    private static partial Regex Ours();

    // A blank stands before it, and no quote after it.
    [GeneratedRegex(@"\s+# [^']*$")]
    private static partial Regex Comment();

    // `dnsguard verb sub-verb …`: words in small letters up to the first that is not one.
    [GeneratedRegex(@"`dnsguard ((?:[a-z]+ ?)+)(?=[`A-Z\-\[])")]
    private static partial Regex Spans();
}
