namespace DnsGuard.Lab;

/// <summary>★ Two clients, a gateway with DnsGuard, and an Internet with name servers and servers; all of it in namespaces of its own.</summary>
public sealed class Vpc : IDisposable
{
    private static readonly string[] Tools = ["ip", "nft", "nsd", "dig", "curl", "sysctl"];

    private readonly string _directory = Directory.CreateTempSubdirectory("dnsguard-lab-").FullName;
    private readonly Namespaces _spaces;
    private readonly Daemon _echo;
    private readonly NameServers _nameServers;
    private int _fresh;
    private bool _isDisposed;

    /// <summary>Builds everything and starts it.</summary>
    public Vpc()
    {
        CheckMachine();
        _spaces = new Namespaces();
        // Also when the program is told to stop: what was built is taken down.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        try
        {
            _echo = new Daemon(Namespaces.Inside(_spaces.Internet, Shell.DotNet, Repository.Lab, "echo"));
            _nameServers = new NameServers(_spaces.Internet, _directory);
            Node = new GuardNode(_spaces.Gateway, Path.Combine(_directory, "node"), 8053, Settings.Config, Settings.Policy);
            Side = new GuardNode(_spaces.Gateway, Path.Combine(_directory, "side"), 8054, Settings.SideConfig, Settings.SidePolicy);
            Wait.Until(() => _echo.Log.Contains("ready", StringComparison.Ordinal), TimeSpan.FromSeconds(15), "the servers are ready", () => _echo.Log);
            Node.Start();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The node at the gateway.</summary>
    public GuardNode Node { get; }

    /// <summary>Another node, not started yet, for what changes a server for good.</summary>
    public GuardNode Side { get; }

    /// <summary>Client A's namespace.</summary>
    public string A => _spaces.A;

    /// <summary>Client B's namespace.</summary>
    public string B => _spaces.B;

    /// <summary>The gateway's namespace.</summary>
    public string Gateway => _spaces.Gateway;

    /// <summary>The Internet's namespace.</summary>
    public string Internet => _spaces.Internet;

    /// <summary>A name that nobody has asked for yet and everybody may: it has these addresses.</summary>
    public FreshName Allowed() => Fresh('t', 3);

    /// <summary>A name that nobody has asked for yet and nobody may.</summary>
    public FreshName Unlisted() => Fresh('u', 4);

    /// <summary>Asks a name server; what dig says.</summary>
    public static string Dig(string space, params IReadOnlyList<string> arguments) => Shell.Run(Namespaces.Inside(space, ["dig", "+tries=1", "+time=4", .. arguments])).Out;

    /// <summary>Asks client A's resolver, and returns the addresses alone.</summary>
    public IReadOnlyList<string> Resolve(string name, string type = "A") =>
        Dig(A, "@10.1.1.1", name, type, "+short").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Fetches a page; what it says, or null when nothing answers within the bound.</summary>
    public static string? Curl(string space, string url, double seconds = 2, params IReadOnlyList<string> options)
    {
        var result = Shell.Run(Namespaces.Inside(space, ["curl", "-s", "--noproxy", "*", "-m", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture), .. options, url]));
        return result.ExitCode == 0 ? result.Out.Trim() : null;
    }

    /// <summary>Does a connection to an address come about? The first packet must pass: a second one would be sent after a second.</summary>
    public static bool Connects(string space, string address, int port = 443, double seconds = 0.9, params IReadOnlyList<string> options) =>
        Curl(space, $"http://{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{port}/", seconds, options) == address;

    /// <summary>Runs a program inside of a namespace.</summary>
    public static ShellResult Run(string space, params IReadOnlyList<string> command) => Shell.Run(Namespaces.Inside(space, command));

    /// <summary>A program inside of a namespace that goes on running.</summary>
    public static Daemon StartIn(string space, params IReadOnlyList<string> command) => new(Namespaces.Inside(space, command));

    /// <summary>This program inside of a namespace.</summary>
    public static ShellResult RunLab(string space, TimeSpan bound, params IReadOnlyList<string> arguments) => Shell.Run(Namespaces.Inside(space, [Shell.DotNet, Repository.Lab, .. arguments]), bound);

    /// <summary>This program inside of a namespace, going on running.</summary>
    public static Daemon StartLab(string space, params IReadOnlyList<string> arguments) => StartIn(space, [Shell.DotNet, Repository.Lab, .. arguments]);

    /// <summary>What the kernel of the gateway holds.</summary>
    public string NftList(params IReadOnlyList<string> what) => Nft(["list", .. what is [] ? ["ruleset"] : what]).Out;

    /// <summary>Runs nft at the gateway.</summary>
    public ShellResult Nft(params IReadOnlyList<string> arguments) => Run(Gateway, ["nft", .. arguments]);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Node?.Dispose();
        Side?.Dispose();
        _echo?.Dispose();
        _nameServers?.Dispose();
        _spaces.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static void CheckMachine()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new InvalidOperationException("the lab makes network namespaces, and needs root for that");
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin"]).ToList();
        var missing = Tools.Where(tool => !directories.Exists(directory => File.Exists(Path.Combine(directory, tool)))).ToList();
        if (missing.Count > 0)
            throw new InvalidOperationException($"the lab needs {string.Join(", ", missing)}; ./test installs them");
    }

    private FreshName Fresh(char letter, int block)
    {
        var number = Interlocked.Increment(ref _fresh) - 1;
        if (number >= Zones.FreshNames)
            throw new InvalidOperationException("every fresh name has been used; raise Zones.FreshNames");
        return new FreshName($"{letter}-{number}.shop.lab", $"100.0.{block}.{number + 1}", $"2a00:1::{block}:{number + 1:x}");
    }
}

/// <summary>A name of shop.lab and its addresses.</summary>
public sealed record FreshName(string Name, string IPv4, string IPv6);
