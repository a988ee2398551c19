using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using DnsGuard.TestKit;

namespace DnsGuard.Host.Tests.Running;

/// <summary>The built executable in a folder of its own, as an operator runs it.</summary>
internal sealed partial class GuardProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StringBuilder _out = new();
    private readonly StringBuilder _err = new();
    private readonly HttpClient _http = new();
    private Process? _process;

    public GuardProcess()
    {
        Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\ngroups: {default: {}}\n");
        // Whoever runs it: some tests are another user.
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("dnsguard-host-").FullName;

    public int DnsPort { get; } = Ports.Free();

    public int ControlPort { get; } = Ports.Free();

    /// <summary>What the console says.</summary>
    public string Out
    {
        get
        {
            lock (_out)
                return _out.ToString();
        }
    }

    /// <summary>What it complains about.</summary>
    public string Err
    {
        get
        {
            lock (_err)
                return _err.ToString();
        }
    }

    /// <summary>A configuration with ports of its own; a test adds to it.</summary>
    public string Config(string resolver = "", string targets = "[{name: feed, kind: feed}]", string rest = "") => $"""
        resolver:
          listen: 127.0.0.1:{DnsPort}
          workers: 1
          upstreamIpv6: false
          upstreamTimeout: 100ms
          resolutionDeadline: 1s
          forward: [{"{"}zone: ., servers: ["127.0.0.1:9"]{"}"}]
        {resolver}
        enforcement: {"{"}targets: {targets}{"}"}
        control: {"{"}listen: "127.0.0.1:{ControlPort}"{"}"}
        store: {"{"}directory: {Folder}/var{"}"}
        log: {"{"}directory: {Folder}/log, level: verbose{"}"}
        policyFile: {Folder}/policy.yaml
        {rest}

        """;

    public string Write(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Starts it with a configuration, behind a command such as setpriv where one is given.</summary>
    public GuardProcess Start(string config, params string[] behind) => Start(config, [], behind);

    /// <summary>The same with variables of the environment.</summary>
    public GuardProcess Start(string config, Dictionary<string, string> environment, params string[] behind)
    {
        string[] all = [.. behind, Environment.ProcessPath!, "exec", Repository.Executable, "serve", "--config", Write("dnsguard.yaml", config)];
        _process = new Process { StartInfo = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder } };
        foreach (var (name, value) in environment)
            _process.StartInfo.Environment[name] = value;
        _process.OutputDataReceived += (_, line) => Append(_out, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_err, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return this;
    }

    public async Task<GuardProcess> ReadyAsync()
    {
        var until = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < until && !_process!.HasExited)
        {
            try
            {
                if ((await _http.GetAsync(Url("/readyz"))).StatusCode == HttpStatusCode.OK)
                    return this;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException($"it did not become ready:\n{Out}{Err}");
    }

    /// <summary>Waits for its end; its exit code.</summary>
    public int Ended()
    {
        Assert.True(_process!.WaitForExit(Patience), $"it goes on:\n{Out}{Err}");
        // Until all it said has been read.
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Signal(int signal) => Assert.Equal(0, Kill(_process!.Id, signal));

    public Task<string> TextAsync(string path) => _http.GetStringAsync(Url(path));

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await TextAsync(path))!;

    public async Task SendAsync(string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Url(path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until something is so.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        for (var until = DateTime.UtcNow + Patience; !await isSo(); await Task.Delay(50))
            Assert.True(DateTime.UtcNow < until, $"not within {Patience}: {what}\n{Out}{Err}");
    }

    /// <summary>Asks one question over UDP; the octets of the answer.</summary>
    public async Task<byte[]> AskAsync(UdpClient socket, byte[] name, ushort id = 1)
    {
        byte[] query = [(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name, 0, 1, 0, 1];
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await socket.SendAsync(query, new IPEndPoint(IPAddress.Loopback, DnsPort));
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                return (await socket.ReceiveAsync(patience.Token)).Buffer;
            }
            catch (OperationCanceledException)
            {
                // A datagram may be lost.
            }
        }

        throw new InvalidOperationException($"no answer:\n{Out}{Err}");
    }

    /// <summary>Runs a verb of the command line against it; what it writes to stdout.</summary>
    public string Cli(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["exec", Repository.Executable, .. arguments, "--server", Url("/").ToString()]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return said;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    public Uri Url(string path) => new($"http://127.0.0.1:{ControlPort}{path}");

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            if (line is not null)
                text.Append(line).Append('\n');
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
