using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using DnsGuard.TestKit;

namespace DnsGuard.Console.Tests;

/// <summary>The built executable in a folder of its own, before the servers of <see cref="World"/>.</summary>
/// <param name="targets">Where grants go, as the configuration has it.</param>
public sealed class Guard(string targets = "{name: firewall, kind: feed}") : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SignedInternet _internet = World.Internet();
    private readonly StringBuilder _out = new();
    private readonly HttpClient _http = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("dnsguard-console-").FullName;
    private readonly int _dnsPort = Ports.Free();
    private readonly int _controlPort = Ports.Free();
    private Process? _process;
    private ushort _id;

    /// <summary>Where the console is.</summary>
    public string Address => $"http://127.0.0.1:{_controlPort}";

    /// <summary>What it has written to its terminal.</summary>
    public string Output
    {
        get
        {
            lock (_out)
                return _out.ToString();
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task<Guard> StartAsync()
    {
        if (!File.Exists(Path.Combine(_folder, "policy.yaml")))
            Write("policy.yaml", World.Policy);
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(Environment.ProcessPath!, ["exec", Repository.Executable, "serve", "--config", Write("dnsguard.yaml", Config())])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = _folder,
            },
        };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await UntilAsync(async () => (await _http.GetAsync($"{Address}/readyz")).StatusCode == HttpStatusCode.OK, "it is ready");
        return this;
    }

    /// <summary>Gives it a day's queries; before it is started.</summary>
    /// <param name="crowd">How many clients do what one does on an ordinary day.</param>
    public Guard WithYesterday(int crowd = 1)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "var"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Yesterday.Write(Path.Combine(_folder, "var", "querylog"), crowd);
        return this;
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>Asks for A records from a client's address: the response code, and the last address of the answer.</summary>
    public async Task<(int Code, string? Address)> AskAsync(string client, string name)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Parse(client), 0));
        using var deadline = new CancellationTokenSource(Patience);
        await socket.SendAsync(Query(name), new IPEndPoint(IPAddress.Loopback, _dnsPort), deadline.Token);
        var answer = (await socket.ReceiveAsync(deadline.Token)).Buffer;
        return (answer[3] & 0xF, answer[7] > 0 ? new IPAddress(answer.AsSpan(..^OptOctets(answer))[^4..]).ToString() : null);
    }

    /// <summary>Asks, and does not wait for the answer.</summary>
    public async Task SendAsync(UdpClient socket, string name) => await socket.SendAsync(Query(name), new IPEndPoint(IPAddress.Loopback, _dnsPort));

    /// <summary>A request to the API; the answer's body.</summary>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, $"{Address}/api/v1{path}") { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length > 0 ? JsonNode.Parse(text) : null;
    }

    /// <summary>A plain request, whatever comes of it.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, string accept = "*/*")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address + path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return _http.SendAsync(request);
    }

    /// <summary>Waits until the log holds a query for a name.</summary>
    public Task LoggedAsync(string name) => UntilAsync(async () => (await SendAsync(HttpMethod.Get, $"/query-log?name=%3D{name}&limit=1"))!["items"]!.AsArray().Count > 0, $"{name} is in the log");

    public async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        for (var until = DateTime.UtcNow + Patience; ; await Task.Delay(50))
        {
            Assert.True(DateTime.UtcNow < until && !_process!.HasExited, $"not within {Patience}: {what}\n{_out}");
            try
            {
                if (await isSo())
                    return;
            }
            catch (HttpRequestException)
            {
                // Not up yet.
            }
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
            Kill();
        _process?.Dispose();
        _http.Dispose();
        _internet.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int OptOctets(byte[] answer) => answer[11] > 0 ? 11 : 0;

    private byte[] Query(string name)
    {
        var id = ++_id;
        return [(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name.Split('.').SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0, 0, 1, 0, 1];
    }

    private string Write(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        File.WriteAllText(path, text);
        return path;
    }

    private void Append(string? line)
    {
        lock (_out)
            _out.AppendLine(line);
    }

    private string Config() => $"""
        resolver:
          listen: 127.0.0.1:{_dnsPort}
          workers: 1
          upstreamIpv6: false
          authorityPort: {_internet.Port}
          neverAsk: []
          rootHints: "{_internet.Hints.Replace("\n", "\\n", StringComparison.Ordinal)}"
          trustAnchors: "{_internet.TrustAnchors.Replace("\n", "\\n", StringComparison.Ordinal)}"
        enforcement: {"{"}targets: [{targets}]{"}"}
        control: {"{"}listen: "127.0.0.1:{_controlPort}"{"}"}
        store: {"{"}directory: {_folder}/var{"}"}
        log: {"{"}directory: {_folder}/log{"}"}
        policyFile: {_folder}/policy.yaml

        """;
}
