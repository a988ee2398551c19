using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsGuard.Lab;
using DnsGuard.TestKit;

namespace DnsGuard.Scenario.Tests;

/// <summary>The built program and a real Squid on one machine: an edit over REST is what decides at the proxy.</summary>
public sealed class SquidTests : IDisposable
{
    private static readonly TimeSpan Followed = TimeSpan.FromSeconds(8);

    private readonly string _folder = Directory.CreateTempSubdirectory("dnsguard-").FullName;
    private readonly HttpClient _http = new();
    private readonly SquidProxy _squid;
    private readonly Daemon _node;

    public SquidTests()
    {
        _squid = new SquidProxy(_folder, "default", "www.shop.test", "secret.shop.test", "other.test");
        var port = FreePort();
        _http.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        File.WriteAllText(Path.Combine(_folder, "policy.yaml"), "apiVersion: dnsguard/v1\nkind: Policy\ngroups: {default: {rules: [{allow: '*.shop.test'}, {deny: secret.shop.test}]}}\n");
        File.WriteAllText(Path.Combine(_folder, "dnsguard.yaml"), $$"""
            resolver: {listen: "127.0.0.1:{{FreePort()}}", workers: 1, forward: [{zone: ., servers: ["127.0.0.1:9"]}]}
            enforcement:
              targets:
                - {name: proxy, kind: squid, directory: {{_squid.Lists}}, reload: [{{string.Join(", ", _squid.Reload)}}], pause: 500ms}
            control: {listen: "127.0.0.1:{{port}}"}
            store: {directory: {{_folder}}/var}
            log: {directory: none}
            policyFile: {{_folder}}/policy.yaml

            """);
        _node = new Daemon([Shell.DotNet, Path.Combine(AppContext.BaseDirectory.Replace("/tests/Scenario.Tests/", "/src/Host/", StringComparison.Ordinal), "dnsguard.dll"), "serve", "--config", "dnsguard.yaml"], _folder);
    }

    [Fact]
    public async Task The_proxy_follows_what_is_edited_over_REST()
    {
        Wait.Until(() => Shell.Run(["curl", "-sf", "-o", "/dev/null", $"{_http.BaseAddress}readyz"]).ExitCode == 0, TimeSpan.FromSeconds(60), "the node is ready", () => _node.Log);
        Wait.Until(() => _squid.Connect("www.shop.test") == 200, TimeSpan.FromSeconds(60), "an allowed name passes", () => _node.Log);
        Assert.Equal([403, 403], new[] { "secret.shop.test", "other.test" }.Select(_squid.Connect));

        await SendAsync(HttpMethod.Post, "/api/v1/groups/default/rules", """{"allow": "other.test", "id": "other"}""");
        Wait.Until(() => _squid.Connect("other.test") == 200, Followed, "the new name passes", () => _node.Log);
        Assert.Equal([200, 403], new[] { "www.shop.test", "secret.shop.test" }.Select(_squid.Connect));

        await SendAsync(HttpMethod.Delete, "/api/v1/groups/default/rules/other", null);
        Wait.Until(() => _squid.Connect("other.test") == 403, Followed, "the removed name is closed", () => _node.Log);
        Assert.Contains("\"state\":\"ready\"", await _http.GetStringAsync(new Uri("/api/v1/targets/proxy", UriKind.Relative)), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _node.Stop();
        _node.Dispose();
        _squid.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var response = await _http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
