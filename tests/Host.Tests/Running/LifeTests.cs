using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DnsGuard.Wire.Names;

namespace DnsGuard.Host.Tests.Running;

/// <summary>A node from its start to its end.</summary>
public sealed partial class LifeTests : IDisposable
{
    private const int HangUp = 1;
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private static readonly byte[] Example = [3, (byte)'w', (byte)'w', (byte)'w', 7, .. "example"u8, 0];

    private readonly GuardProcess _guard = new();

    public void Dispose() => _guard.Dispose();

    [Theory]
    [InlineData(Terminate)]
    [InlineData(Interrupt)]
    public async Task When_it_is_told_to_stop_it_writes_what_it_noted_and_ends_well(int signal)
    {
        using var socket = new UdpClient(0);
        await _guard.Start(_guard.Config()).ReadyAsync();
        await _guard.AskAsync(socket, Example);

        _guard.Signal(signal);

        Assert.Equal(0, _guard.Ended());
        Assert.Contains("Stopping: ", _guard.Out, StringComparison.Ordinal);
        Assert.Contains("Stopped", _guard.Out, StringComparison.Ordinal);
        Assert.Empty(_guard.Err);
        await _guard.Start(_guard.Config()).ReadyAsync();
        Assert.Equal("www.example", (string)(await _guard.GetAsync("/api/v1/query-log"))["items"]![0]!["name"]!);
    }

    [Fact]
    public async Task Whoever_still_waits_when_it_is_told_to_stop_is_answered_however_long_that_takes()
    {
        using var socket = new UdpClient(0);
        using var silent = new UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        _guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\ngroups: {default: {rules: [{allow: .example, broad: true}]}}\n");
        var config = _guard.Config().Replace("127.0.0.1:9\"", $"{silent.Client.LocalEndPoint}\"", StringComparison.Ordinal)
            .Replace("upstreamTimeout: 100ms", "upstreamTimeout: 4s", StringComparison.Ordinal).Replace("resolutionDeadline: 1s", "resolutionDeadline: 4s", StringComparison.Ordinal);
        await _guard.Start(config).ReadyAsync();
        await socket.SendAsync((byte[])[0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Example, 0, 1, 0, 1], new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, _guard.DnsPort));
        await silent.ReceiveAsync();

        _guard.Signal(Terminate);

        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Equal((7, 2), ((await socket.ReceiveAsync(late.Token)).Buffer is var answer ? (answer[1], answer[3] & 0xF) : default));
        Assert.Equal(0, _guard.Ended());
        Assert.Contains("Stopped", _guard.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_query_log_is_off_queries_are_answered_and_noted_nowhere()
    {
        using var socket = new UdpClient(0);
        var config = _guard.Config().Replace($"{_guard.Folder}/var{"}"}", $"{_guard.Folder}/var, queryLog: false{"}"}", StringComparison.Ordinal);
        await _guard.Start(config).ReadyAsync();
        Assert.NotEmpty(await _guard.AskAsync(socket, Example));

        Assert.Empty((await _guard.GetAsync("/api/v1/query-log"))["items"]!.AsArray());
        _guard.Signal(Terminate);

        Assert.Equal(0, _guard.Ended());
        Assert.Empty(_guard.Err);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Path.Combine(_guard.Folder, "var")), path => path.Contains("querylog", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hang_up_reads_the_policy_file_again_and_a_bad_file_changes_nothing()
    {
        await _guard.Start(_guard.Config()).ReadyAsync();
        _guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy # again\ngroups: {second: {clients: [10.0.0.0/8]}}\n");

        _guard.Signal(HangUp);

        await _guard.UntilAsync(async () => (int)(await _guard.GetAsync("/api/v1/version"))["revision"]! == 2, "revision 2");
        var revision = await _guard.GetAsync("/api/v1/policy/revisions/2");
        Assert.Equal(("SIGHUP", true), ((string)revision["author"]!, ((string)revision["text"]!).Contains("# again", StringComparison.Ordinal)));

        var path = _guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\ngroups:\n  third:\n    clients: [10.0.0.0/33]\n");
        _guard.Signal(HangUp);
        await _guard.UntilAsync(() => Task.FromResult(_guard.Out.Contains("was not taken", StringComparison.Ordinal)), "a complaint");
        Assert.Contains($"{path}:5:15: ", _guard.Out, StringComparison.Ordinal);

        File.Delete(path);
        _guard.Signal(HangUp);
        await _guard.UntilAsync(() => Task.FromResult(Regex.Count(_guard.Out, "was not taken") == 2), "a second complaint");
        Assert.Equal(2, (int)(await _guard.GetAsync("/api/v1/version"))["revision"]!);
        Assert.Equal("second", (string)(await _guard.GetAsync("/api/v1/policy"))["groups"]![0]!["name"]!);
    }

    [Fact]
    public async Task After_the_first_start_the_newest_revision_counts_and_not_the_file()
    {
        await _guard.Start(_guard.Config()).ReadyAsync();
        _guard.Signal(Terminate);
        _guard.Ended();
        _guard.Write("policy.yaml", "this is no policy");

        await _guard.Start(_guard.Config()).ReadyAsync();

        Assert.Equal("default", (string)(await _guard.GetAsync("/api/v1/policy"))["groups"]![0]!["name"]!);
    }

    [Fact]
    public async Task Nobody_can_run_it_with_a_feed_and_its_files_are_nobodys_alone()
    {
        using var socket = new UdpClient(0);
        await _guard.Start(_guard.Config(), "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups").ReadyAsync();

        var answer = await _guard.AskAsync(socket, Example);

        // No rule allows it: NXDOMAIN.
        Assert.Equal(3, answer[3] & 0xf);
        Assert.Equal("ready", (string)(await _guard.GetAsync("/api/v1/targets/feed"))["state"]!);
        Assert.All(Directory.GetFiles(Path.Combine(_guard.Folder, "var")), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        _guard.Signal(Terminate);
        Assert.Equal(0, _guard.Ended());
    }

    [Fact]
    public async Task Metrics_have_no_labels_that_a_stranger_could_multiply()
    {
        using var socket = new UdpClient(0);
        await _guard.Start(_guard.Config()).ReadyAsync();
        await _guard.AskAsync(socket, Example);

        var samples = (await _guard.TextAsync("/metrics")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').ToList();

        Assert.Contains(samples, sample => sample.StartsWith("dnsguard_", StringComparison.Ordinal));
        Assert.All(samples, sample => Assert.Matches(Sample(), sample));
        Assert.DoesNotContain(samples, sample => sample.Contains("example", StringComparison.Ordinal) || sample.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_octets_a_stranger_asks_for_every_line_of_every_log_stays_one_and_means_the_same_name()
    {
        using var socket = new UdpClient(0);
        await _guard.Start(_guard.Config()).ReadyAsync();
        var names = Enumerable.Range(0, 256).Select(octet => new byte[] { 4, (byte)'a', (byte)octet, (byte)octet, (byte)'z', 7, (byte)'e', (byte)'x', (byte)'a', (byte)'m', (byte)'p', (byte)'l', (byte)'e', 0 }).ToList();
        // All of them in one name, as far as 255 octets reach, and what breaks terminals, pages and spreadsheets.
        names.Add([63, .. Enumerable.Range(0, 63).Select(octet => (byte)octet), 63, .. Enumerable.Range(127, 63).Select(octet => (byte)octet), 63, .. Enumerable.Range(190, 63).Select(octet => (byte)octet), 0]);
        foreach (var text in new[] { "\u001b[2J\u001b]0;owned\a", "a\r\nERR forged line", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "\u2028\u202e", "{\"a\":1}", "[red]markup[/]", "%s%n{0}" })
            names.Add([(byte)System.Text.Encoding.UTF8.GetByteCount(text), .. System.Text.Encoding.UTF8.GetBytes(text), 7, .. "example"u8, 0]);

        ushort id = 0;
        foreach (var name in names)
        {
            var answer = await _guard.AskAsync(socket, name, ++id);
            Assert.True((answer[0] << 8) + answer[1] == id, $"asked with {id}: {Convert.ToHexString(answer)}");
        }

        var asked = names.Select(name => DomainName.FromWire(name)).ToHashSet();
        JsonArray rows = [];
        await _guard.UntilAsync(async () => (rows = (await _guard.GetAsync("/api/v1/query-log?limit=1000"))["items"]!.AsArray()).Sum(row => (int)row!["count"]!) >= names.Count, "every query is noted");
        var noted = rows.Select(row => (string)row!["name"]!).ToList();
        Assert.All(noted, name => Assert.Matches("^[!-~]+$", name));
        Assert.Equal(asked, noted.Select(DomainName.Parse).ToHashSet());

        var lines = _guard.Cli("log", "-n", "1000").TrimEnd('\n').Split('\n');
        Assert.Equal(rows.Count + 1, lines.Length);
        // Cells are parted by tabs where nobody looks at them on a terminal, and hold none.
        Assert.All(lines, line => Assert.Matches("^[ -~\t]+$", line));
        Assert.All(lines, line => Assert.Equal(lines[0].Count('\t'), line.Count('\t')));
        Assert.Equal(asked, lines[1..].Select(line => DomainName.Parse(line.Split('\t')[3])).ToHashSet());

        _guard.Signal(Terminate);
        Assert.Equal(0, _guard.Ended());
        Assert.All(_guard.Out.TrimEnd('\n').Split('\n'), line => Assert.Matches(ConsoleLine(), line));
        foreach (var line in Directory.GetFiles(Path.Combine(_guard.Folder, "log")).SelectMany(File.ReadLines))
            Assert.NotNull(JsonNode.Parse(line)!["Level"]);
    }

    [Fact]
    public async Task What_people_wrote_neither_steers_a_terminal_nor_forges_a_row()
    {
        await _guard.Start(_guard.Config()).ReadyAsync();
        await _guard.SendAsync("POST", "/api/v1/groups/default/rules", """{"allow":"www.example.com","comment":"\u001b[2J\nforged  row","owner":"\u009b31m"}""");

        var lines = _guard.Cli("rule", "list", "--group", "default").TrimEnd('\n').Split('\n');

        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.DoesNotContain(line, letter => char.IsControl(letter) && letter != '\t'));
        Assert.All(lines, line => Assert.Equal(lines[0].Count('\t'), line.Count('\t')));
    }

    // Labels whose values are known beforehand.
    [GeneratedRegex(@"^dnsguard_[a-z0-9_]+(\{((error|target|le|limit|status|reason|sink|version)=""[a-zA-Z0-9_.+-]*"",?)+\})? -?[0-9.E+-]+$")]
    private static partial Regex Sample();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d (VRB|DBG|INF|WRN|ERR|FTL) [ -~]+$")]
    private static partial Regex ConsoleLine();
}
