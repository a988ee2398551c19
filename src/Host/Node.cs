using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime;
using System.Security.Cryptography;
using DnsGuard.Control;
using DnsGuard.Control.Health;
using DnsGuard.Ec2;
using DnsGuard.Host.Supervision;
using DnsGuard.Host.Tapping;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Store;
using DnsGuard.Store.Grants;
using DnsGuard.Store.QueryLogs;
using DnsGuard.Sync;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Host;

/// <summary>★ One node: what is started in which order, and stopped in which.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly HostOptions _options;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly ILogger _logger;
    private readonly MetricsText _metrics = new();
    private readonly ResolverMetrics _resolverMetrics = new();
    private readonly SyncMetrics _syncMetrics = new();
    private readonly Readiness _readiness = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly PolicyLoader _loader;
    private readonly StoreClaim _claim;
    private readonly LivePolicy _livePolicy;
    private readonly PolicyPublisher _publisher;
    private readonly GrantJournalStore _journal;
    private readonly Enforcement _enforcement;
    private readonly DnsServer _dns;
    private readonly WebApplication _control;
    private readonly LearntFiles _learnt;
    private readonly QueryRings _rings;
    private readonly QueryLogStore? _queryLog;
    private readonly QueryLogPump? _logPump;
    private readonly LogHours? _logHours;
    private readonly GrantJournalPump _journalPump;
    private readonly HostMetrics _hostMetrics;
    private readonly Tap? _tap;
    private readonly Supervisor _supervisor = Supervisor.FromEnvironment();
    private readonly CancellationTokenSource _answering = new();
    private MetricsPush? _push;
    private Task _lifeSign = Task.CompletedTask;
    private readonly List<Task> _pumps = [];

    /// <summary>Puts everything together; nothing listens yet.</summary>
    /// <exception cref="StartException">It cannot be, and why.</exception>
    public Node(HostOptions options, ILoggerFactory loggers)
    {
        _options = options;
        _logger = loggers.CreateLogger<Node>();
        var targets = options.Sync.Targets.Select(target => target.Name).ToList();
        _claim = StoreClaim.Take(options.Store.Directory);
        var control = new Database(Path.Combine(options.Store.Directory, "dnsguard.db"), "control");
        var revisions = new RevisionStore(control, _time);
        var validator = new PolicyValidator(ReadSuffixes(options), targets, [.. options.Sync.Targets.Where(target => target.CanRefer).Select(target => target.Name)]);
        var compiler = new PolicyCompiler(options.Resolver.Clients, targets);

        _loader = new PolicyLoader(revisions, validator, compiler, options.PolicyFile);
        _livePolicy = new LivePolicy(_loader.Load());
        _hostMetrics = new HostMetrics(Version, _livePolicy, _readiness, _time);
        _publisher = new PolicyPublisher(_livePolicy, validator, compiler, revisions);
        _journal = new GrantJournalStore(Path.Combine(options.Store.Directory, "grants"), options.Store.GrantJournalBytes);
        _enforcement = new Enforcement(options.Sync, _livePolicy, _syncMetrics, _time, loggers.CreateLogger<Enforcement>(), where => new Ec2Client(where, FindHostAsync, _time), () => _dns?.IsBlind == true);
        _rings = new QueryRings(options.Store.QueryLog);
        if (options.Store.QueryLog)
        {
            _queryLog = new QueryLogStore(Path.Combine(options.Store.Directory, "querylog"), options.Store.QueryLogAge, options.Store.QueryLogBytes, _time, QueryLogPump.NamesOf(_livePolicy));
            _logPump = new QueryLogPump(_rings, _queryLog, _livePolicy, _logger);
            _logHours = new LogHours(control, _queryLog, options.Store.QueryLogHours, _time);
            _hostMetrics.Observe(_queryLog);
        }

        if (options.Dnstap.IsOn)
        {
            _tap = new Tap(options.Dnstap, $"DnsGuard {Version}", _livePolicy, _time, _logger);
            _hostMetrics.Observe(_tap);
        }

        _dns = new DnsServer(options.Resolver, _livePolicy, _enforcement.Ledger, _enforcement.Ledger, _rings, _resolverMetrics, _time, loggers.CreateLogger<DnsServer>(), _tap?.Rings);
        _learnt = new LearntFiles(_dns, options.Store.Directory, _logger);
        _journalPump = new GrantJournalPump(_enforcement.Journal, _journal, options.Store.GrantJournalAge, _time, _logger);
        var services = new ControlServices(
            _livePolicy, _publisher, revisions, _queryLog, _journal, _enforcement.Ledger, _enforcement, new TokenStore(control, _time), new AuditLog(control, _time), _readiness, _dns.FlushCaches, _time) { Answer = _dns.AnswerAsync, Tunnels = () => _dns.Tunnels.Findings, LogHours = _logHours };
        _control = ControlServer.Build(options.Control, services, _metrics, logging => logging.AddProvider(new ForwardingLoggerProvider(loggers)));
    }

    /// <summary>Starts: grants first, then the API, and the port for queries last, when every grant is in force again.</summary>
    /// <exception cref="StartException">An address cannot be had.</exception>
    public async Task StartAsync()
    {
        var policy = _livePolicy.Current;
        HostLog.Starting(_logger, Version, policy.Revision, policy.Groups.Count, policy.Document.Groups.Sum(group => group.Rules.Count) + policy.Document.Lists.Sum(list => list.Rules.Count));
        if (_options.Sync.Targets.Count == 0)
            HostLog.NothingEnforces(_logger);
        await _enforcement.StartAsync(_journal.InForce(_time.GetUtcNow().ToUnixTimeMilliseconds())).ConfigureAwait(false);
        if (_logPump is not null)
            _pumps.Add(_logPump.RunAsync(_stopping.Token));
        if (_logHours is not null)
            _pumps.Add(new LogHoursPump(_logHours, _time, _logger).RunAsync(_stopping.Token));
        _pumps.Add(_journalPump.RunAsync(_stopping.Token));
        if (_tap is not null)
            _pumps.Add(_tap.RunAsync(_stopping.Token));
        try
        {
            await _control.StartAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw CannotListen("control.listen", [_options.Control.Listen], failure);
        }

        var keepsRecords = _options.Store.CachePeriod > TimeSpan.Zero;
        _learnt.Restore(keepsRecords);
        if (keepsRecords)
            _pumps.Add(PumpLoop.RunAsync(_options.Store.CachePeriod, _ => _learnt.Save(), _stopping.Token));
        try
        {
            _dns.Start();
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartException([$"resolver.tlsCertificate: it cannot be used: {failure.Message.TrimEnd('.')}. Give PEM files of a certificate and its key that this user may read."]);
        }
        catch (SocketException failure)
        {
            throw CannotListen("resolver.listen", _options.Resolver.Listen.Concat(_options.Resolver.TlsListen), failure);
        }

        // Not before: whoever mends the policy file after a start that failed must find it read again.
        _loader.Keep();
        // What reading and storing a large policy left behind goes once, before anybody is told that we are ready.
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _readiness.IsReady = true;
        _push = MetricsPush.Start(_options.Telemetry, Version);
        _supervisor.Ready();
        _lifeSign = new LifeSign(_supervisor, _dns.Endpoints, () => _dns.Turns, _time, _logger).RunAsync(_answering.Token);
        HostLog.Controlling(_logger, $"http{(_options.Control.Certificate is null ? "" : "s")}://{_options.Control.Listen}");
    }

    /// <summary>Reads the policy file again (SIGHUP). A file with problems changes nothing.</summary>
    public void Reload()
    {
        _supervisor.Reloading(_time);
        try
        {
            var text = File.ReadAllText(_options.PolicyFile);
            var result = _publisher.Edit(null, (_, problems) => (PolicyReader.Read(text, problems), text), "SIGHUP", $"from {Path.GetFileName(_options.PolicyFile)}");
            if (result.Status is EditStatus.Done)
                HostLog.Reloaded(_logger, _options.PolicyFile, result.Revision, result.Changes.Count);
            else
                HostLog.ReloadRefused(_logger, _options.PolicyFile, string.Join(" | ", result.Problems.Select(problem => problem.Describe(_options.PolicyFile))));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreException)
        {
            HostLog.ReloadRefused(_logger, _options.PolicyFile, failure.Message);
        }

        _supervisor.Ready();
    }

    /// <summary>Stops: no longer ready, no new queries, those under way answered, what was noted written. Open grants stay open.</summary>
    public async Task StopAsync()
    {
        HostLog.Stopping(_logger);
        _supervisor.Stopping();
        _readiness.IsReady = false;
        await _answering.CancelAsync().ConfigureAwait(false);
        await _lifeSign.ConfigureAwait(false);
        await _dns.StopAsync(_options.Drain).ConfigureAwait(false);
        await _control.StopAsync().ConfigureAwait(false);
        await _enforcement.StopAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_pumps).ConfigureAwait(false);
        HostLog.Stopped(_logger);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync().ConfigureAwait(false);
        // What was counted last is pushed last.
        _push?.Dispose();
        _dns.Dispose();
        _tap?.Dispose();
        _queryLog?.Dispose();
        _rings.Dispose();
        _journal.Dispose();
        _enforcement.Dispose();
        _hostMetrics.Dispose();
        _resolverMetrics.Dispose();
        _syncMetrics.Dispose();
        _metrics.Dispose();
        _answering.Dispose();
        _stopping.Dispose();
        _claim.Dispose();
    }

    private static string Version => typeof(Node).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    // Our own resolver, past every policy: the operating system's may be ourselves, and then it would wait for the very grant that this is for.
    private Task<IReadOnlyList<IPAddress>> FindHostAsync(string host, CancellationToken cancel) => _dns.FindAddressesAsync(host, cancel);

    private static StartException CannotListen(string key, IEnumerable<IPEndPoint> endpoints, Exception failure) =>
        new([$"{key}: {string.Join(", ", endpoints)} cannot be listened on: {failure.Message.TrimEnd('.')}. Is another server there, or does the port need rights?"]);

    private static PublicSuffixes ReadSuffixes(HostOptions options)
    {
        var file = options.PublicSuffixes ?? Program.ShippedSuffixes;
        try
        {
            return PublicSuffixes.Parse(File.ReadAllText(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException([$"{file}: the public suffix list cannot be read: {failure.Message.TrimEnd('.')}. Name one in 'publicSuffixes', or leave it out to take the one that came with the program."]);
        }
    }
}
