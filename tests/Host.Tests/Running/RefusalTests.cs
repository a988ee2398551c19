using System.Net;
using System.Net.Sockets;

namespace DnsGuard.Host.Tests.Running;

/// <summary>Starts that are refused: exit code 2, every reason with its place and its cure on stderr, and nothing left behind.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly GuardProcess _guard = new();

    public void Dispose() => _guard.Dispose();

    [Fact]
    public void A_configuration_full_of_mistakes_is_refused_with_all_of_them()
    {
        var config = Path.Combine(_guard.Folder, "dnsguard.yaml");

        _guard.Start($"resolver:\n  workers: many\n  colour: red\ncontrol: {{maxBody: 5}}\nstore: {{directory: {_guard.Folder}/var}}\ndrain: 5\nenforcement:\n  targets: [{{name: feed}}]\n");

        Assert.Equal(2, _guard.Ended());
        var lines = _guard.Err.TrimEnd('\n').Split('\n');
        Assert.Equal("dnsguard: cannot start.", lines[0]);
        Assert.Equal(["2:12", "3:3", "4:20", "6:8", "8:13"], lines[1..].Select(line => line[(config.Length + 1)..line.IndexOf(": ", StringComparison.Ordinal)]));
        Assert.Equal($"{config}:2:12: 'workers' is 'many'. Write a whole number.", lines[1]);
        Assert.All(lines[1..], line => Assert.Matches(@": .+\. .+\.$", line));
        Assert.Empty(_guard.Out);
        Assert.False(Directory.Exists(Path.Combine(_guard.Folder, "var")));
        Assert.False(Directory.Exists(Path.Combine(_guard.Folder, "log")));
    }

    [Theory]
    [InlineData("no/such/file.yaml")]
    [InlineData("/")]
    [InlineData("")]
    public void A_configuration_that_cannot_be_read_is_told(string path)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Environment.ProcessPath!, ["exec", Repository.Executable, "serve", "--config", path]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _guard.Folder })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(2, process.ExitCode);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.Contains("--config", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_with_mistakes_is_refused_at_the_first_start_and_can_be_mended()
    {
        var policy = _guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\ngroups:\n  Build: {}\n  build:\n    clients: [10.0.0.0/33]\n    targets: [nosuch]\n    rules:\n      - allow: \"*\"\n");

        _guard.Start(_guard.Config());

        Assert.Equal(2, _guard.Ended());
        Assert.Contains($"{policy}:4:3: ", _guard.Err, StringComparison.Ordinal);
        Assert.Contains($"{policy}:6:15: ", _guard.Err, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _guard.Err, StringComparison.Ordinal);

        // What was refused left no revision that the next start would take instead of the mended file.
        _guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\ngroups: {build: {clients: [10.0.0.0/8]}}\n");
        await _guard.Start(_guard.Config()).ReadyAsync();
        Assert.Equal("build", (string)(await _guard.GetAsync("/api/v1/policy"))["groups"]![0]!["name"]!);
        Assert.Equal(1, (int)(await _guard.GetAsync("/api/v1/policy"))["revision"]!);
    }

    [Fact]
    public void A_policy_that_cannot_be_read_is_told()
    {
        File.Delete(Path.Combine(_guard.Folder, "policy.yaml"));

        _guard.Start(_guard.Config());

        Assert.Equal(2, _guard.Ended());
        Assert.Contains("Name a file in 'policyFile' that this user may read", _guard.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_failed_for_another_reason_does_not_make_the_policy_file_count_no_more()
    {
        using (var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, _guard.DnsPort)))
            Assert.Equal(2, _guard.Start(_guard.Config()).Ended());
        _guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\ngroups: {mended: {clients: [10.0.0.0/8]}}\n");

        await _guard.Start(_guard.Config()).ReadyAsync();

        Assert.Equal("mended", (string)(await _guard.GetAsync("/api/v1/policy"))["groups"]![0]!["name"]!);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("control")]
    public void A_port_that_another_server_has_is_told(string which)
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, which == "control" ? _guard.ControlPort : _guard.DnsPort);
        using var other = new Socket(AddressFamily.InterNetwork, which == "udp" ? SocketType.Dgram : SocketType.Stream, which == "udp" ? ProtocolType.Udp : ProtocolType.Tcp);
        other.Bind(endpoint);
        if (which != "udp")
            other.Listen();

        _guard.Start(_guard.Config());

        Assert.Equal(2, _guard.Ended());
        Assert.StartsWith($"dnsguard: cannot start.\n{(which == "control" ? "control" : "resolver")}.listen: {endpoint} cannot be listened on: ", _guard.Err, StringComparison.Ordinal);
        Assert.EndsWith("Is another server there, or does the port need rights?\n", _guard.Err, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _guard.Err, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("as root without the capability", new[] { "setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin" })]
    [InlineData("as nobody", new[] { "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups" })]
    public void A_target_that_needs_rights_is_refused_without_them_in_one_sentence(string who, string[] behind)
    {
        _guard.Start(_guard.Config(targets: "[{name: gateway, kind: nftables, table: dnsguard-refused, networks: [10.99.0.0/16]}]"), behind);

        Assert.True(_guard.Ended() == 2, who);
        Assert.StartsWith("dnsguard: cannot start.\nthe target 'gateway' (nftables) cannot be used: ", _guard.Err, StringComparison.Ordinal);
        Assert.Contains("Run as root or with CAP_NET_ADMIN", _guard.Err, StringComparison.Ordinal);
        Assert.Contains("or use a target of the kind 'feed', which needs no rights", _guard.Err, StringComparison.Ordinal);
        Assert.Equal(2, _guard.Err.TrimEnd('\n').Split('\n').Length);
    }

    [Theory]
    [InlineData("control: {listen: \"0.0.0.0:8053\"}", "without TLS")]
    [InlineData("control: {listen: \"127.0.0.1:0\", certificate: no/such.pem}", "control.certificate cannot be used")]
    [InlineData("publicSuffixes: no/such/list", "the public suffix list cannot be read")]
    [InlineData("store: {directory: /proc/nowhere}", "store.directory")]
    [InlineData("log: {directory: /proc/nowhere}", "log.directory: /proc/nowhere cannot be written")]
    public void What_stops_the_start_later_is_told_as_clearly(string line, string because)
    {
        var key = line.Split(':')[0];
        var config = string.Join('\n', _guard.Config().Split('\n').Where(one => !one.StartsWith($"{key}:", StringComparison.Ordinal))) + line + "\n";

        _guard.Start(config);

        Assert.Equal(2, _guard.Ended());
        Assert.Contains(because, _guard.Err, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _guard.Err, StringComparison.Ordinal);
    }
}
