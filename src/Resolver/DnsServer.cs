using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.Answering;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Granting;
using DnsGuard.Resolver.Listening;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Resolver.Recursion;
using DnsGuard.Resolver.Tapping;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Resolver;

/// <summary>The data plane put together: opens sockets, starts workers, drains on stop.</summary>
public sealed class DnsServer : IDisposable
{
    // How long what was told to end gets for it.
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(1);

    private readonly ResolverOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResolverMetrics _metrics;
    private readonly LivePolicy _livePolicy;
    private readonly IGrantSink _grants;
    private readonly AnswerCache _answers;
    private readonly RecordCache _records;
    private readonly ParkedQueries _parked;
    private readonly RecursionParts _recursion;
    private readonly MissHandler _misses;
    private readonly LocalNames _localNames;
    private readonly Warmer _warmer;
    private readonly TunnelGuard _tunnels;
    private readonly StreamHandler _loneQueries;
    private readonly ServerCookies _cookies = new();
    private readonly TapRings? _taps;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<UdpWorker> _workers = [];
    private Task _warming = Task.CompletedTask;
    private readonly List<TcpServer> _tcpServers = [];

    /// <summary>Puts the parts together; no socket is opened yet.</summary>
    /// <param name="options">Every knob.</param>
    /// <param name="livePolicy">The policy in force.</param>
    /// <param name="grants">Where addresses are opened.</param>
    /// <param name="grantView">What is open, for reverse names.</param>
    /// <param name="rings">Where query records go.</param>
    /// <param name="metrics">Where numbers go.</param>
    /// <param name="time">Both clocks.</param>
    /// <param name="logger">Where the operator reads.</param>
    /// <param name="taps">Where queries and responses go, octet by octet; null where nobody wants them.</param>
    /// <exception cref="Wire.Text.MasterFileException">The root hints are wrong.</exception>
    public DnsServer(ResolverOptions options, LivePolicy livePolicy, IGrantSink grants, IGrantView grantView, QueryRings rings, ResolverMetrics metrics, TimeProvider time, ILogger<DnsServer> logger, TapRings? taps = null)
    {
        _taps = taps;
        (_options, _livePolicy, _grants, _metrics, _time, _logger, Rings) = (options, livePolicy, grants, metrics, time, logger, rings);
        _answers = new AnswerCache(options.AnswerCacheBytes);
        _records = new RecordCache(options, time);
        _parked = new ParkedQueries(options, metrics);
        _recursion = new RecursionParts(options, _records, metrics, time, _stopping.Token);
        _misses = new MissHandler(options, livePolicy, _parked, _recursion.Resolver, new AnswerShaper(options), new AnswerGrants(grants, metrics, time), _answers, new ReverseNames(grantView), rings, metrics, time, logger, _stopping.Token, taps);
        _localNames = new LocalNames(options, _recursion.ForwardZones);
        _tunnels = new TunnelGuard(options, metrics, time);
        _warmer = new Warmer(livePolicy, grants, _answers, _misses, time);
        _loneQueries = new StreamHandler(NewHandler(Rings, _taps), time);
    }

    /// <summary>The rings that the query log's pump empties.</summary>
    public QueryRings Rings { get; }

    /// <summary>Connections open now, over TCP and TLS.</summary>
    public int TcpConnections => _tcpServers.Sum(server => server.Connections);

    /// <summary>Who asks for more below a wildcard than a workload needs.</summary>
    public ITunnelView Tunnels => _tunnels;

    /// <summary>Where it answers, with the ports the kernel chose where none were asked for.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => [.. _workers.Select(worker => worker.Endpoint).Distinct()];

    /// <summary>How often the loop of each worker has turned. One that has not within a second is stuck or has ended.</summary>
    public IReadOnlyList<long> Turns => [.. _workers.Select(worker => worker.Turns)];

    /// <summary>Where it answers within TLS.</summary>
    public IReadOnlyList<IPEndPoint> TlsEndpoints => [.. _tcpServers.Where(server => server.IsTls).Select(server => server.Endpoint)];

    /// <summary>Answers one query that came some other way: over HTTPS (RFC 8484).</summary>
    /// <param name="query">Its octets.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The answer; empty where there is none to be given.</returns>
    public ValueTask<byte[]> AnswerAsync(ReadOnlyMemory<byte> query, InternetAddress client, CancellationToken cancel) =>
        LoneQuery.AnswerAsync(_loneQueries, query, client, cancel);

    /// <summary>Finds the addresses of a host for this node itself, past every policy; nothing is granted for it.</summary>
    /// <param name="host">Its name.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>IPv4 first; empty where there are none.</returns>
    public async Task<IReadOnlyList<IPAddress>> FindAddressesAsync(string host, CancellationToken cancel)
    {
        if (!DomainName.TryParse(host, out var name))
            return [];
        var found = new List<IPAddress>();
        foreach (var type in (RecordType[])[RecordType.A, RecordType.AAAA])
        {
            var resolution = await _recursion.Resolver.ResolveAsync(name, type).AsTask().WaitAsync(cancel).ConfigureAwait(false);
            found.AddRange(resolution.Answers.Where(set => set.Type == type).SelectMany(set => set.Rdatas).Select(rdata => new IPAddress(rdata)));
        }

        return found;
    }

    /// <summary>Writes what was learnt from other servers, so that a restart need not ask the whole world again.</summary>
    /// <returns>How many records.</returns>
    public int SaveRecords(Stream to) => _records.Save(to);

    /// <summary>Takes back what <see cref="SaveRecords"/> wrote. Policy and grants decide about it as about everything else.</summary>
    /// <returns>How many records.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or was written under other settings.</exception>
    public int RestoreRecords(Stream from) => _records.Restore(from);

    /// <summary>Follows the keys of trust anchors (RFC 5011).</summary>
    /// <param name="known">What was known at the last change; empty at first.</param>
    /// <param name="changed">Told what is known, whenever it changes.</param>
    public void FollowAnchors(string known, Action<string> changed)
    {
        _recursion.Anchors.Restore(known);
        _recursion.Anchors.Changed = changed;
    }

    /// <summary>Are we cut off: has none of several servers answered for a while?</summary>
    public bool IsBlind => _recursion.Health.IsBlind;

    /// <summary>Queries that wait now.</summary>
    public int Parked => _parked.Count;

    /// <summary>Opens every socket, then starts; so either all addresses are served or none is.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">An address cannot be had; the server is as before.</exception>
    public void Start()
    {
        var workers = _options.Workers > 0 ? _options.Workers : Environment.ProcessorCount;
        try
        {
            foreach (var endpoint in _options.Listen)
                Open(endpoint, workers);
            foreach (var endpoint in _options.TlsListen)
                _tcpServers.Add(NewStreams(endpoint, TlsOptions()));
        }
        catch
        {
            Close();
            throw;
        }

        foreach (var worker in _workers)
            worker.Start();
        foreach (var server in _tcpServers)
            server.Start(_stopping.Token);
        _warming = _warmer.RunAsync(_stopping.Token);
        if (_options.Prime is PrimeTime.Start)
            _recursion.Iterative.Prime();
        foreach (var endpoint in Endpoints)
            ResolverLog.Listening(_logger, endpoint, workers);
    }

    /// <summary>Stops taking queries, answers those under way within a bound, and closes.</summary>
    public async Task StopAsync(TimeSpan drain)
    {
        foreach (var worker in _workers)
            worker.Stop();
        await WhileAsync(() => _misses.UnderWay > 0 || _tcpServers.Exists(server => server.IsAnswering), drain).ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _warming.ConfigureAwait(false);
        foreach (var server in _tcpServers)
            await server.DrainAsync().ConfigureAwait(false);
        await WhileAsync(() => _misses.UnderWay > 0, LastMoment).ConfigureAwait(false);
        Close();
    }

    /// <summary>Forgets every cached answer and record; grants stay.</summary>
    public void FlushCaches()
    {
        _answers.Clear();
        _records.Clear();
        _recursion.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _stopping.Dispose();
        _recursion.Dispose();
        _answers.Dispose();
        _records.Dispose();
    }

    private async Task WhileAsync(Func<bool> condition, TimeSpan longest)
    {
        var end = Moment.MonotonicOf(_time) + (long)longest.TotalMilliseconds;
        while (condition() && Moment.MonotonicOf(_time) < end)
            await Task.Delay(TimeSpan.FromMilliseconds(10), _time, CancellationToken.None).ConfigureAwait(false);
    }

    private void Open(IPEndPoint endpoint, int workers)
    {
        for (var i = 0; i < workers; i++)
        {
            var worker = new UdpWorker(endpoint, i, NewHandler(Rings.NewLog(), _taps?.NewRing()), Math.Max(_options.UdpPayloadOctets, 1_232), _options.Proxies, _time, _logger);
            _workers.Add(worker);
            // A port that the kernel chose is the port of all the others too.
            endpoint = worker.Endpoint;
        }

        _tcpServers.Add(NewStreams(endpoint, null));
    }

    private TcpServer NewStreams(IPEndPoint endpoint, SslServerAuthenticationOptions? tls) =>
        new(endpoint, tls, _options, new StreamHandler(NewHandler(Rings, _taps), _time), _metrics, _time, _logger);

    private SslServerAuthenticationOptions TlsOptions() => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(Certificate(), null),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [new SslApplicationProtocol("dot")],
    };

    private X509Certificate2 Certificate()
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(_options.TlsCertificate!, _options.TlsCertificateKey);
        }
        catch (ArgumentException failure)
        {
            throw new CryptographicException("its key is another certificate's", failure);
        }
    }

    private QueryHandler NewHandler(IQueryLog log, ITap? tap) =>
        new(_options, _livePolicy, _answers, _grants, _misses, _localNames, _tunnels, _metrics.NewWorker(), log, _cookies, _metrics, _time, tap);

    private void Close()
    {
        foreach (var worker in _workers)
            worker.Dispose();
        foreach (var server in _tcpServers)
            server.Dispose();
        _workers.Clear();
        _tcpServers.Clear();
    }
}
