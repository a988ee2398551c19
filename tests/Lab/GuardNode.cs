using System.Globalization;
using System.Text.Json.Nodes;

namespace DnsGuard.Lab;

/// <summary>One <c>dnsguard serve</c> inside of a namespace, with a directory of its own.</summary>
public sealed class GuardNode : IDisposable
{
    private static readonly TimeSpan ReadyBound = TimeSpan.FromSeconds(30);

    private readonly string _space;
    private readonly string _directory;
    private readonly int _controlPort;
    private Daemon? _daemon;

    internal GuardNode(string space, string directory, int controlPort, string config, string policy)
    {
        (_space, _directory, _controlPort) = (space, directory, controlPort);
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "dnsguard.yaml"), config);
        File.WriteAllText(PolicyFile, policy);
    }

    /// <summary>The policy that it started with.</summary>
    public string PolicyFile => Path.Combine(_directory, "policy.yaml");

    /// <summary>Where its control API is.</summary>
    public string Server => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_controlPort}");

    /// <summary>What it has said since it was started last.</summary>
    public string Log => _daemon?.Log ?? "";

    /// <summary>Does it run?</summary>
    public bool IsRunning => _daemon is { IsRunning: true };

    /// <summary>Starts it, and waits until it is ready.</summary>
    public void Start()
    {
        Launch();
        Wait.Until(() => IsReady, ReadyBound, "dnsguard is ready", () => Log);
    }

    /// <summary>Starts it, and does not wait.</summary>
    public void Launch()
    {
        _daemon?.Dispose();
        _daemon = new Daemon(Namespaces.Inside(_space, Shell.DotNet, Repository.DnsGuard, "serve", "-c", "dnsguard.yaml"), _directory);
    }

    /// <summary>Is it ready?</summary>
    public bool IsReady => Shell.Run(Namespaces.Inside(_space, "curl", "-s", "-m", "2", "-o", "/dev/null", "-w", "%{http_code}", $"{Server}/readyz")).Out == "200";

    /// <summary>Asks it to stop (SIGTERM), and waits; returns its exit code.</summary>
    public int Terminate() => _daemon!.Stop();

    /// <summary>Ends it on the spot (SIGKILL).</summary>
    public void Kill9() => _daemon!.Kill();

    /// <summary>Calls the REST API.</summary>
    public ApiAnswer Api(string method, string path, string? body = null, string? token = null, string type = "application/json")
    {
        var command = new List<string> { "curl", "-s", "-m", "20", "-X", method, "-w", "\n%{http_code}", "-H", "If-Match: *" };
        if (token is not null)
            command.AddRange(["-H", $"Authorization: Bearer {token}"]);
        if (body is not null)
            command.AddRange(["-H", $"Content-Type: {type}", "--data-binary", "@-"]);
        var text = Shell.Run(Namespaces.Inside(_space, [.. command, Server + path]), input: body).Out;
        var end = text.LastIndexOf('\n');
        return new ApiAnswer(int.Parse(text[(end + 1)..], CultureInfo.InvariantCulture), text[..end]);
    }

    /// <summary>Runs a verb of the command line.</summary>
    public ShellResult Cli(params IReadOnlyList<string> arguments) =>
        Shell.Run(Namespaces.Inside(_space, [Shell.DotNet, Repository.DnsGuard, .. arguments, "--server", Server]));

    /// <summary>Adds a rule to a group; returns its id.</summary>
    public string AddRule(string group, string rule)
    {
        var pattern = (string)JsonNode.Parse(rule)!["allow"]!;
        Api("POST", $"/api/v1/groups/{group}/rules", rule).MustBe(201);
        return RulesOf(group).Single(known => (string?)known!["allow"] == pattern)!["id"]!.GetValue<string>();
    }

    /// <summary>Removes a rule of a group.</summary>
    public void RemoveRule(string group, string id) => Api("DELETE", $"/api/v1/groups/{group}/rules/{id}").MustBe(200);

    /// <summary>The rules of a group.</summary>
    public JsonArray RulesOf(string group) => Api("GET", $"/api/v1/groups/{group}/rules").MustBe(200)["items"]!.AsArray();

    /// <summary>The gateway's condition.</summary>
    public JsonNode Target() => Api("GET", "/api/v1/targets/gateway").MustBe(200);

    /// <summary>The sum of a metric over its labels.</summary>
    public double Metric(string name) => Api("GET", "/metrics").Text.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public void Dispose() => _daemon?.Dispose();
}

/// <summary>An answer of the REST API.</summary>
public sealed record ApiAnswer(int Status, string Text)
{
    /// <summary>The body of an answer that must have this status.</summary>
    public JsonNode MustBe(int status) => Status == status
        ? JsonNode.Parse(Text.Length == 0 ? "{}" : Text)!
        : throw new InvalidOperationException($"expected {status}, got {Status}: {Text}");
}
