using System.Diagnostics;

namespace DnsGuard.Lab.Internet;

/// <summary>★ Several hundred zones at real authoritative servers, and the resolvers that are to make sense of them.</summary>
public sealed class SmallInternet : IDisposable
{
    // Twenty thousand questions take a minute and a half on two processors.
    private static readonly TimeSpan ComparisonBound = TimeSpan.FromMinutes(20);

    private static readonly string[] Tools =
        ["ip", "nft", "dig", "sysctl", "nsd", "knotd", "named", "pdns_server", "pdnsutil", "unbound", "kresd", "pdns_recursor", "dnssec-keygen", "dnssec-signzone", "ldns-signzone"];

    private readonly string _directory = Directory.CreateTempSubdirectory("dnsguard-internet-").FullName;
    private readonly InternetSpaces? _spaces;
    private readonly AuthorityServers? _servers;
    private readonly Resolvers? _resolvers;
    private readonly int _seed;
    private bool _isDisposed;

    /// <summary>Grows the zones from a seed, and starts the servers and the resolvers of these names; null for all.</summary>
    public SmallInternet(int seed, IReadOnlyList<string>? resolvers = null, Action<string>? progress = null)
    {
        CheckMachine();
        _seed = seed;
        Compared = [.. ResolverPlan.All.Where(each => resolvers?.Contains(each.Name) ?? true).Select(each => each.Name)];
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        try
        {
            Shell.Must("chmod", "755", _directory);
            var watch = Stopwatch.StartNew();
            var generator = new ZoneGenerator(seed);
            var signer = new ZoneSigner(new KeyPool(Path.Combine(_directory, "keys")), Directory.CreateDirectory(Path.Combine(_directory, "zones")).FullName);
            signer.WriteAll(generator.Zones);
            Anchor = signer.RootAnchor(generator.Root);
            progress?.Invoke($"{generator.Zones.Count} zones, {generator.Zones.Count(zone => zone.Signing is not null)} of them signed, in {watch.Elapsed.TotalSeconds:0.0} s");
            _spaces = new InternetSpaces();
            _servers = new AuthorityServers(_spaces, _directory, generator.Zones, signer.FileOf);
            progress?.Invoke($"{ServerPlan.Instances.Count} authoritative servers and {ServerPlan.Quirks.Count} faulty ones run after {watch.Elapsed.TotalSeconds:0.0} s");
            _resolvers = new Resolvers(_spaces.Resolvers, _directory, Anchor, [.. ResolverPlan.All.Where(each => Compared.Contains(each.Name))]);
            progress?.Invoke($"{string.Join(", ", Compared)} answer after {watch.Elapsed.TotalSeconds:0.0} s");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The namespace in which the resolvers are, and from which to ask them.</summary>
    public string Space => _spaces!.Resolvers;

    /// <summary>The names of the resolvers that run.</summary>
    public IReadOnlyList<string> Compared { get; }

    /// <summary>The root's DS record.</summary>
    public string Anchor { get; } = "";

    /// <summary>Where everything that belongs to the run is kept until it ends.</summary>
    public string Place => _directory;

    /// <summary>What the node has said, when it runs.</summary>
    public string NodeLog => _resolvers?.Log(ResolverPlan.Ours) ?? "";

    /// <summary>Asks every resolver so many questions, and says where they differ; 0 when nothing is held against us.</summary>
    public ShellResult Compare(int questions, string list, Action<string>? line = null)
    {
        using var daemon = new Daemon(Namespaces.Inside(Space, Shell.DotNet, Repository.Lab, "internet", "ask", "--seed", _seed.ToString(), "--questions", questions.ToString(), "--only", string.Join(',', Compared), "--list", list));
        var shown = 0;
        var watch = Stopwatch.StartNew();
        for (var isRunning = true; isRunning;)
        {
            isRunning = daemon.IsRunning && watch.Elapsed < ComparisonBound;
            Thread.Sleep(100);
            var lines = daemon.Log.Split('\n');
            // The last one may still come while the program runs.
            for (; line is not null && shown < lines.Length; shown++)
                line(lines[shown]);
        }

        return new ShellResult(daemon.Stop(), daemon.Log, "");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _resolvers?.Dispose();
        _servers?.Dispose();
        _spaces?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static void CheckMachine()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new InvalidOperationException("the small Internet makes network namespaces, and needs root for that");
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin"]).ToList();
        var missing = Tools.Where(tool => !directories.Exists(directory => File.Exists(Path.Combine(directory, tool)))).ToList();
        if (missing.Count > 0)
            throw new InvalidOperationException($"the small Internet needs {string.Join(", ", missing)}; ./test installs them");
    }
}
