using System.Diagnostics;

namespace DnsGuard.Host.Tests.Running;

/// <summary>The command line between other programs: pipes that close, signals, terminals.</summary>
public sealed class PipeTests
{
    private const int Interrupt = 2;

    private static readonly byte[] One = [3, .. "one"u8, 7, .. "example"u8, 3, .. "net"u8, 0];

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

    [Fact]
    public async Task Following_ends_on_Ctrl_C_and_says_nothing_of_it()
    {
        using var guard = new GuardProcess();
        await guard.Start(guard.Config()).ReadyAsync();
        using var socket = new System.Net.Sockets.UdpClient(0);
        await guard.AskAsync(socket, One);
        await guard.UntilAsync(async () => (await guard.GetAsync("/api/v1/query-log"))["items"]!.AsArray().Count > 0, "the query is in the log");

        using var follow = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["exec", Repository.Executable, "log", "-f", "-o", "name", "--server", guard.Url("/").ToString()]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Assert.Equal("one.example.net", await follow.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("", Sh($"kill -{Interrupt} {follow.Id}"));
        Assert.True(follow.WaitForExit(TimeSpan.FromSeconds(20)), "Ctrl-C does not end it");
        Assert.Equal((0, ""), (follow.ExitCode, await follow.StandardError.ReadToEndAsync()));
    }

    [Fact]
    public async Task Following_ends_when_nobody_reads_any_more()
    {
        using var guard = new GuardProcess();
        await guard.Start(guard.Config()).ReadyAsync();
        using var socket = new System.Net.Sockets.UdpClient(0);
        using var done = new CancellationTokenSource();
        var asking = AskForEverAsync(guard, socket, done.Token);

        // A shell waits for every part of a pipe: what goes on writing into nothing would never let it go on.
        var told = Sh($"timeout 60 {Environment.ProcessPath} exec {Repository.Executable} log -f -o name --server {guard.Url("/")} | head -2; echo ${{PIPESTATUS[0]}}");

        await done.CancelAsync();
        await asking;
        Assert.Equal("one.example.net\none.example.net\n0\n", told);
    }

    private static async Task AskForEverAsync(GuardProcess guard, System.Net.Sockets.UdpClient socket, CancellationToken done)
    {
        for (ushort id = 1; !done.IsCancellationRequested; id++)
        {
            await guard.AskAsync(socket, One, id);
            await Task.Delay(100, CancellationToken.None);
        }
    }

    private static string Sh(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return output;
    }
}
