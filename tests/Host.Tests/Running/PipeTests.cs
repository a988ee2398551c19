using System.Diagnostics;

namespace DnsGuard.Host.Tests.Running;

/// <summary>The command line between other programs: pipes that close, signals, terminals.</summary>
public sealed class PipeTests
{
    [Fact]
    public async Task On_a_terminal_a_table_is_cut_to_its_width_and_in_a_pipe_it_is_whole()
    {
        using var guard = new GuardProcess();
        var comment = new string('x', 300);
        guard.Write("policy.yaml", $"apiVersion: dnsguard/v1\nkind: Policy\nlists: {{mirrors: {{comment: {comment}}}}}\ngroups: {{default: {{}}}}\n");
        await guard.Start(guard.Config()).ReadyAsync();
        var command = $"{Environment.ProcessPath} exec {Repository.Executable} list --server {guard.Url("/")}";

        var piped = Sh($"{command}");
        var shown = Sh($"script -qec 'stty cols 60; {command}' /dev/null").Replace("\r", "", StringComparison.Ordinal);

        Assert.Equal($"NAME\tRULES\tCOMMENT\nmirrors\t0\t{comment}\n", piped);
        Assert.DoesNotContain(comment, shown, StringComparison.Ordinal);
        Assert.Contains("mirrors  0      xxx", shown, StringComparison.Ordinal);
        Assert.Contains('…', shown);
    }

    private static string Sh(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return output;
    }
}
