using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using DnsGuard.Ec2;
using DnsGuard.Ec2.Operations;
using DnsGuard.TestKit;
using DnsGuard.TestKit.Aws;
using Xunit.Abstractions;

namespace DnsGuard.Host.Tests.Running;

/// <summary>The built program before a server that does as EC2 does: from a DNS query to a prefix list, and back.</summary>
public sealed class CloudTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const int Names = 24;

    private static readonly TimeSpan ModifyTime = TimeSpan.FromMilliseconds(300);
    private static readonly Dictionary<string, string> Keys = new() { ["AWS_ACCESS_KEY_ID"] = "AKID111111111111", ["AWS_SECRET_ACCESS_KEY"] = "secret", ["AWS_EC2_METADATA_DISABLED"] = "true" };

    private readonly GuardProcess _guard = new();
    private readonly SignedInternet _internet = new();
    private readonly UdpClient _socket = new(0);
    private FakeEc2 _fake = null!;
    private FakePrefixList _list = null!;
    private FakePrefixList _yardstick = null!;

    public async Task InitializeAsync()
    {
        _fake = await FakeEc2.StartAsync();
        _list = _fake.Region().PrefixLists.Add("allowed", "IPv4", 100, new Dictionary<string, string> { ["dnsguard:cluster"] = "dnsguard" });
        _yardstick = _fake.Region().PrefixLists.Add("yardstick", "IPv4", 100);
        _internet.Zone("toy", "");
        _internet.Zone("example.toy", string.Concat(Enumerable.Range(0, Names).Select(number => $"n{number} 300 IN A {Address(number)}\n")) + "ec2 300 IN A 127.0.0.1\n");
        _guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\ngroups:\n  cloud:\n    clients: [127.0.0.0/8]\n    targets: [vpc]\n    rules: [{allow: '*.example.toy', ports: [tcp/443]}]\n  other:\n    clients: [127.0.0.2/32]\n    targets: [feed]\n    rules: [{allow: '*.example.toy'}]\n");
    }

    public async Task DisposeAsync()
    {
        await _fake.DisposeAsync();
        Assert.NotEmpty(_fake.Calls);
        Assert.Empty(_fake.Wrong);
    }

    // The library reads keys from the environment of the process.
    [ModuleInitializer]
    internal static void SetKeys()
    {
        foreach (var (name, value) in Keys)
            Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _guard.Dispose();
        _internet.Dispose();
    }

    [Fact]
    public async Task An_answer_leaves_as_soon_as_the_API_has_made_the_change()
    {
        await _guard.Start(Config(), Keys).ReadyAsync();
        _fake.Faults.ModifyTime = ModifyTime;
        var took = new List<double>();
        var own = new List<double>();
        using var other = new Ec2Client(
            new Ec2Options("eu-west-1") { Endpoint = _fake.Url, ReadsPerSecond = 1_000, ReadBurst = 1_000, CallsPerSecond = 100 }, (_, _) => Task.FromResult<IReadOnlyList<IPAddress>>([]), TimeProvider.System);
        for (var number = 0; number < Names; number++)
        {
            own.Add(await OwnTimeAsync(other, number));
            var watch = Stopwatch.StartNew();
            Assert.Equal(Address(number), await AskAsync(_socket, number));
            took.Add(watch.Elapsed.TotalMilliseconds);
            // late = 0: told is open.
            Assert.Contains($"{Address(number)}/32", _list.Entries.Keys);
            watch.Restart();
            Assert.Equal(Address(number), await AskAsync(_socket, number));
            Assert.InRange(watch.Elapsed.TotalMilliseconds, 0, ModifyTime.TotalMilliseconds / 2);
        }

        took.Sort();
        own.Sort();
        var (median, api) = (took[took.Count / 2], own[own.Count / 2]);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Names} names, one after another; a change takes {ModifyTime.TotalMilliseconds} ms. The API by itself: p50 {api:F0} ms. Query to answer: p50 {median:F0} ms ({median / api:F2} ×), p90 {took[took.Count * 9 / 10]:F0} ms, most {took[^1]:F0} ms"));
        foreach (var bucket in took.GroupBy(one => (int)(one / 20)).OrderBy(bucket => bucket.Key))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bucket.Key * 20,5} ms {new string('#', bucket.Count())}"));
        // The program's own histogram tells the same.
        var metrics = await _guard.TextAsync("/metrics");
        Assert.Contains($"dnsguard_hold_seconds_count {Names}", metrics, StringComparison.Ordinal);
        Assert.InRange(median, ModifyTime.TotalMilliseconds, api * 1.2);
    }

    // A change as seen by somebody who does nothing but look whether it is complete.
    private async Task<double> OwnTimeAsync(Ec2Client ec2, int number)
    {
        var watch = Stopwatch.StartNew();
        await ec2.ModifyPrefixListAsync(_yardstick.Id, _yardstick.Version, [new PrefixListEntry($"10.0.0.{number}/32", null)], []);
        while ((await ec2.DescribePrefixListsAsync([_yardstick.Id]))[0].IsChanging)
            await Task.Delay(1);
        return watch.Elapsed.TotalMilliseconds;
    }

    [Fact]
    public async Task A_list_that_is_not_ours_degrades_its_target_and_nothing_else()
    {
        _list.EditableTags.Clear();
        await _guard.Start(Config(), Keys).ReadyAsync();
        using var other = new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        Assert.Equal(Address(1), await AskAsync(other, 1));
        const string Sentence = "is not ours: it lacks the tag dnsguard:cluster=dnsguard";
        Assert.Contains(Sentence, await _guard.TextAsync("/readyz?verbose"), StringComparison.Ordinal);
        Assert.Equal("ready, degraded: vpc\n", await _guard.TextAsync("/readyz"));
        Assert.Contains(Sentence, (string)(await _guard.GetAsync("/api/v1/targets/vpc"))["detail"]!, StringComparison.Ordinal);
        Assert.Contains(Sentence, _guard.Out, StringComparison.Ordinal);
        // Its own group is answered as its option says: late, and with a short TTL.
        Assert.Equal(Address(2), await AskAsync(_socket, 2));
        Assert.Empty(_list.Entries);
        _list.EditableTags["dnsguard:cluster"] = "dnsguard";
        await _guard.SendAsync("POST", "/api/v1/targets/vpc:reconcile", "");
        await _guard.UntilAsync(async () => await _guard.TextAsync("/readyz") == "ready\n", "the target is ready");
    }

    [Fact]
    public async Task A_node_that_is_killed_takes_up_where_it_was()
    {
        await _guard.Start(Config(), Keys).ReadyAsync();
        Assert.Equal(Address(1), await AskAsync(_socket, 1));
        _fake.Faults.ModifyTime = TimeSpan.FromSeconds(1);
        await _socket.SendAsync(Query(2), new IPEndPoint(IPAddress.Loopback, _guard.DnsPort));
        await _guard.UntilAsync(() => Task.FromResult(_list.Entries.Count == 2), "the second is on its way");
        _guard.Signal(9);
        _guard.Ended();
        // Somebody uses the moment.
        _list.Edit(["203.0.113.0/24", "203.0.113.7/32"], []);

        await _guard.Start(Config(), Keys).ReadyAsync();
        await _guard.UntilAsync(() => Task.FromResult(_list.Entries.Keys.All(cidr => !cidr.StartsWith("203.", StringComparison.Ordinal))), "what is nobody's is gone");
        Assert.Contains($"{Address(1)}/32", _list.Entries.Keys);
        Assert.Equal(Address(1), await AskAsync(_socket, 1));
    }

    private static string Address(int number) => $"93.184.216.{number + 10}";

    // The API's host is in the toy internet only: found by the program's own resolver, or not at all.
    private string Config() => $"""
        resolver:
          listen: 127.0.0.1:{_guard.DnsPort}
          workers: 1
          upstreamIpv6: false
          authorityPort: {_internet.Port}
          neverAsk: []
          rootHints: "{_internet.Hints.Replace("\n", "\\n", StringComparison.Ordinal)}"
          trustAnchors: "{_internet.TrustAnchors.Replace("\n", "\\n", StringComparison.Ordinal)}"
        enforcement:
          targets:
            - name: vpc
              kind: prefix-list
              region: eu-west-1
              endpoint: http://ec2.example.toy:{_fake.Url.Port}
              rulesPerGroup: 200
              lists: [{"{"}id: {_list.Id}, ports: [tcp/443]{"}"}]
            - name: feed
              kind: feed
        control: {"{"}listen: "127.0.0.1:{_guard.ControlPort}"{"}"}
        store: {"{"}directory: {_guard.Folder}/var{"}"}
        log: {"{"}directory: {_guard.Folder}/log{"}"}
        policyFile: {_guard.Folder}/policy.yaml

        """;

    private async Task<string> AskAsync(UdpClient socket, int number)
    {
        var answer = await _guard.AskAsync(socket, Name(number));
        return answer[7] > 0 ? new IPAddress(answer.AsSpan()[^4..]).ToString() : $"code {answer[3] & 0xF}";
    }

    private static byte[] Query(int number) => [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Name(number), 0, 1, 0, 1];

    private static byte[] Name(int number) => [(byte)$"n{number}".Length, .. Encoding.ASCII.GetBytes($"n{number}"), 7, .. "example"u8, 3, .. "toy"u8, 0];
}
