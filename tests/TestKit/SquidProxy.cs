using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DnsGuard.TestKit;

/// <summary>A real Squid on loopback that decides by the files of one group, and a server behind it that every name leads to.</summary>
public sealed class SquidProxy : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder;
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="folder">Where it may write; the lists are in <c>names</c> below.</param>
    /// <param name="group">Whose lists.</param>
    /// <param name="names">Names that lead to the server.</param>
    public SquidProxy(string folder, string group, params IEnumerable<string> names)
    {
        _folder = folder;
        // Squid becomes another user as soon as it can.
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        Directory.CreateDirectory(Lists);
        foreach (var file in (string[])["allow", "deny"])
            File.WriteAllText(Path.Combine(Lists, $"{group}.{file}"), "# nothing yet\n");
        _server.Start();
        Port = FreePort();
        File.WriteAllLines(Path.Combine(folder, "hosts"), names.Select(name => $"127.0.0.1 {name}"));
        File.WriteAllText(Config, $"""
            http_port 127.0.0.1:{Port}
            pid_filename {folder}/squid.pid
            hosts_file {folder}/hosts
            cache_log stdio:{folder}/cache.log
            access_log none
            cache deny all
            cache_mem 8 MB
            coredump_dir {folder}
            pinger_enable off
            shutdown_lifetime 0 seconds
            acl names_denied dstdomain -n "{Lists}/{group}.deny"
            acl names_allowed dstdomain -n "{Lists}/{group}.allow"
            http_access deny names_denied
            http_access allow names_allowed
            http_access deny all

            """);
        _process = Process.Start(new ProcessStartInfo("squid", ["-N", "-f", Config]) { RedirectStandardError = true })!;
        var waiting = Stopwatch.StartNew();
        while (Connect("nobody.invalid") != 403)
        {
            if (_process.HasExited || waiting.Elapsed > Patience)
                throw new InvalidOperationException($"squid does not start: {_process.StandardError.ReadToEnd()}");
            Thread.Sleep(50);
        }
    }

    /// <summary>Where the lists are.</summary>
    public string Lists => Path.Combine(_folder, "names");

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>What makes it read its files anew.</summary>
    public IReadOnlyList<string> Reload => ["squid", "-f", Config, "-k", "reconfigure"];

    /// <summary>Asks for a tunnel to a name.</summary>
    /// <returns>The status; 0 where nobody answers.</returns>
    public int Connect(string name)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, Port);
            client.ReceiveTimeout = 5_000;
            using var stream = client.GetStream();
            var port = ((IPEndPoint)_server.LocalEndpoint).Port;
            stream.Write(Encoding.ASCII.GetBytes($"CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n"));
            var buffer = new byte[1_024];
            var count = stream.Read(buffer);
            return count < 12 ? 0 : int.Parse(Encoding.ASCII.GetString(buffer, 9, 3), CultureInfo.InvariantCulture);
        }
        catch (Exception nobody) when (nobody is SocketException or IOException)
        {
            return 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _server.Dispose();
    }

    private string Config => Path.Combine(_folder, "squid.conf");

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
