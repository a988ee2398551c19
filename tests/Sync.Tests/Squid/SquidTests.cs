using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Names;
using DnsGuard.TestKit;

namespace DnsGuard.Sync.Tests.Squid;

/// <summary>A real Squid, told of a real policy.</summary>
[Collection(nameof(Alone))]
public sealed class SquidTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dnsguard-").FullName;
    private readonly CollectedLog _log = new();
    private readonly SyncMetrics _metrics = new();
    private readonly SquidProxy _squid;
    private readonly LivePolicy _policy = new(Web("allow: .example.com", "deny: secret.example.com", "deny: .private.example.com", "allow: '*.example.org'", "allow: cdn-*.example.net", "allow: api.example.net"));

    public SquidTests() => _squid = new SquidProxy(_folder, "web", ["example.com", "www.example.com", "secret.example.com", "a.private.example.com", "example.org", "www.example.org", "cdn-1.example.net", "api.example.net", .. Enumerable.Range(0, 20).Select(i => $"n{i}.example.net")]);

    [Fact]
    public async Task What_the_policy_allows_passes_and_nothing_else_does()
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);

        Assert.Equal(
            [200, 200, 403, 403, 403, 200, 403, 200, 403],
            new[] { "example.com", "www.example.com", "secret.example.com", "a.private.example.com", "example.org", "www.example.org", "cdn-1.example.net", "api.example.net", "n0.example.net" }.Select(_squid.Connect));
        Assert.Equal("left out, since a list of names cannot say it: web: 1 rule with a wildcard inside a label", enforcement.Targets[0].Detail);
        Assert.Equal("ready", enforcement.Targets[0].State);
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task An_answer_for_a_new_name_leaves_once_Squid_lets_it_through_and_a_removed_one_is_closed()
    {
        using var enforcement = Make(pause: 100, hold: 15_000);
        await enforcement.StartAsync([]);

        for (var i = 0; i < 5; i++)
        {
            _policy.Publish(Web($"allow: n{i}.example.net"));
            Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, $"n{i}.example.net"));
            Assert.Equal(200, _squid.Connect($"n{i}.example.net"));
            if (i > 0)
                Assert.Equal(403, _squid.Connect($"n{i - 1}.example.net"));
        }

        await enforcement.StopAsync();
    }

    [Fact]
    public async Task What_no_list_can_say_fails_at_once()
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);

        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.NotEqual(GrantStatus.Open, await OpenAsync(enforcement, "cdn-1.example.net"));
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1));
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "www.example.com"));
        await enforcement.StopAsync();
    }

    public void Dispose()
    {
        _squid.Dispose();
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static PolicySnapshot Web(params string[] rules) => Policies.Compile(Policies.Group("web", "10.1.0.0/16", rules), "proxy");

    private Enforcement Make(int pause = 500, int hold = 3_000) => new(
        new SyncOptions
        {
            Tick = TimeSpan.FromMilliseconds(10),
            Targets = [new TargetOptions("proxy", TargetKind.Squid) { Hold = TimeSpan.FromMilliseconds(hold), Names = new NameFilesOptions(_squid.Lists) { Reload = _squid.Reload, Pause = TimeSpan.FromMilliseconds(pause) } }],
        },
        _policy, _metrics, TimeProvider.System, _log);

    private async Task<GrantStatus> OpenAsync(Enforcement enforcement, string name) =>
        (await enforcement.Ledger.OpenAsync(Policies.Request(_policy.Current, name, "192.0.2.1"), default).AsTask().WaitAsync(TimeSpan.FromSeconds(20))).Status;
}
