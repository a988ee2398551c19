using System.Diagnostics;

namespace DnsGuard.Host.Tests.Running;

/// <summary>The script of <c>dnsguard completion bash</c> in a real bash, with words as bash splits them.</summary>
public sealed class CompletionTests
{
    private const string Script = """
        dnsguard() { "$DOTNET" exec "$DNSGUARD" "$@"; }
        source <(dnsguard completion bash)
        while IFS= read -r line; do
            IFS=' ' read -ra COMP_WORDS <<< "$line"
            [[ $line == *' ' ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
            _dnsguard
            echo "${COMPREPLY[*]}"
        done
        """;

    // What is written so far, a blank between words as bash splits them, and what it may become.
    private static readonly (string Line, string Offered)[] Cases =
    [
        ("dnsguard ru", "rule"),
        ("dnsguard rule ", "add list review rm set show"),
        ("dnsguard rule add x.example --por", "--ports"),
        ("dnsguard rule list -g pa", "payments"),
        ("dnsguard rule review --state un", "unused"),
        ("dnsguard rule list --list mi", "mirrors"),
        ("dnsguard rule add -g payments --ports tcp/", "tcp/443 tcp/80"),
        ("dnsguard group set ", "default payments"),
        ("dnsguard list sh", "show"),
        ("dnsguard list show ", "mirrors"),
        ("dnsguard log --outcome b", "blocked"),
        ("dnsguard targets show ", "feed"),
        ("dnsguard targets -o ", "json name table yaml"),
        ("dnsguard token create --scope pol", "policy:read policy:write"),
        ("dnsguard token create --scope policy :", "read write"),
        ("dnsguard token create --scope policy : w", "write"),
        ("dnsguard group set payments --mode = a", "audit"),
        ("dnsguard completion ", "bash zsh"),
        ("dnsguard complet", "completion"),
        ("dnsguard test api.example.com --client 10.0.3.7 ", ""),
    ];

    [Fact]
    public async Task Bash_completes_verbs_options_and_names_of_the_server()
    {
        using var guard = new GuardProcess();
        guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\nlists: {mirrors: {}}\ngroups: {default: {}, payments: {clients: [10.0.3.0/24]}}\n");
        await guard.Start(guard.Config()).ReadyAsync();

        var offered = Complete(guard.Url("/").ToString(), Cases.Select(one => one.Line));

        Assert.Equal(Cases.Select(one => $"{one.Line} → {one.Offered}"), Cases.Zip(offered, (one, words) => $"{one.Line} → {words}"));
    }

    [Fact]
    public void Without_a_server_it_still_completes_what_it_knows() =>
        Assert.Equal(["rule", ""], Complete("http://127.0.0.1:1", ["dnsguard ru", "dnsguard group set "]));

    private static string[] Complete(string server, IEnumerable<string> lines)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["--norc", "-c", Script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET"] = Environment.ProcessPath, ["DNSGUARD"] = Repository.Executable, ["DNSGUARD_SERVER"] = server },
        })!;
        foreach (var line in lines)
            bash.StandardInput.WriteLine(line);
        bash.StandardInput.Close();
        var offered = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return offered.Split('\n')[..^1];
    }
}
