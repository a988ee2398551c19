using System.Globalization;
using System.Net.Sockets;
using DnsGuard.TestKit;

namespace DnsGuard.Host.Tests.Running;

/// <summary>What a node has learnt from other servers, over a restart and over a step of the clock.</summary>
public sealed class LearntTests : IDisposable
{
    private static readonly byte[] Www = [3, (byte)'w', (byte)'w', (byte)'w', 7, .. "example"u8, 3, .. "toy"u8, 0];

    private readonly GuardProcess _guard = new();
    private readonly SignedInternet _internet = new();
    private readonly UdpClient _socket = new(0);

    public LearntTests()
    {
        _internet.Zone("toy", "");
        _internet.Zone("example.toy", "www 300 IN A 93.184.216.34\n");
        _guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\ngroups:\n  all:\n    clients: [127.0.0.0/8]\n    rules: [{allow: '*', confirm: everything}]\n");
    }

    public void Dispose()
    {
        _socket.Dispose();
        _guard.Dispose();
        _internet.Dispose();
    }

    [Fact]
    public async Task After_a_restart_nobody_is_asked_again_for_what_was_known()
    {
        await _guard.Start(Config()).ReadyAsync();
        Assert.Equal("93.184.216.34", await AddressAsync());
        var asked = _internet.Asked;
        _guard.Signal(15);
        Assert.Equal(0, _guard.Ended());

        await _guard.Start(Config()).ReadyAsync();
        Assert.Equal("93.184.216.34", await AddressAsync());
        Assert.Equal(asked, _internet.Asked);
        Assert.Contains("records were taken back from the last run", _guard.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_told_and_left_alone()
    {
        await _guard.Start(Config()).ReadyAsync();
        Assert.Equal("93.184.216.34", await AddressAsync());
        _guard.Signal(15);
        _guard.Ended();
        var file = Path.Combine(_guard.Folder, "var", "cache.bin");
        var octets = File.ReadAllBytes(file);
        octets[octets.Length / 2] ^= 1;
        File.WriteAllBytes(file, octets);

        await _guard.Start(Config()).ReadyAsync();
        Assert.Contains("The resolver starts with nothing learnt", _guard.Out, StringComparison.Ordinal);
        Assert.Equal("93.184.216.34", await AddressAsync());
    }

    [Fact]
    public async Task When_the_systems_clock_is_moved_records_expire_and_signatures_lapse()
    {
        // The library that moves the wall clock, and leaves the other alone as a step by an operator does.
        var moved = _guard.Write("offset", "+0s\n");
        await _guard.Start(Config("  maxStale: 0\n  failureTtl: 1s\n"), new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
            ["FAKETIME_TIMESTAMP_FILE"] = moved,
            ["FAKETIME_NO_CACHE"] = "1",
            ["DONT_FAKE_MONOTONIC"] = "1",
        }).ReadyAsync();
        Assert.Equal("93.184.216.34", await AddressAsync());
        var asked = _internet.Asked;
        Assert.Equal("93.184.216.34", await AddressAsync());
        Assert.Equal(asked, _internet.Asked);

        Move("+400s");
        Assert.Equal("93.184.216.34", await AddressAsync());
        Assert.True(_internet.Asked > asked, "the record has outlived its TTL");

        // A year on, every signature of the small internet is long over.
        Move("+365d");
        Assert.Equal("SERVFAIL", await AddressAsync());

        void Move(string offset) => _guard.Write("offset", offset + "\n");
    }

    private string Config(string more = "") => $"""
        resolver:
          listen: 127.0.0.1:{_guard.DnsPort}
          workers: 1
          upstreamIpv6: false
          authorityPort: {_internet.Port}
          neverAsk: []
          rootHints: "{_internet.Hints.Replace("\n", "\\n", StringComparison.Ordinal)}"
          trustAnchors: "{_internet.TrustAnchors.Replace("\n", "\\n", StringComparison.Ordinal)}"
        {more}
        control: {"{"}listen: "127.0.0.1:{_guard.ControlPort}"{"}"}
        store: {"{"}directory: {_guard.Folder}/var{"}"}
        log: {"{"}directory: {_guard.Folder}/log{"}"}
        policyFile: {_guard.Folder}/policy.yaml

        """;

    // The last address of the answer, or the response code where there is none.
    private async Task<string> AddressAsync()
    {
        var answer = await _guard.AskAsync(_socket, Www);
        return answer[7] > 0 ? string.Join('.', answer[^4..].Select(octet => octet.ToString(CultureInfo.InvariantCulture))) : (answer[3] & 0xF) == 2 ? "SERVFAIL" : $"code {answer[3] & 0xF}";
    }
}
