using System.Net;
using DnsGuard.Control.Health;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Store;
using DnsGuard.Store.Grants;
using DnsGuard.Store.Tests.QueryLogs;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Control.Tests;

/// <summary>The control API on a port of its own, over real databases in a folder of its own. Only the ledger and the targets are stand-ins.</summary>
internal sealed class ControlNode : IAsyncDisposable
{
    /// <summary>What every node starts with, as revision 1.</summary>
    public const string FirstPolicy = """
        # who may ask for what
        apiVersion: dnsguard/v1
        kind: Policy
        lists:
          github:
            comment: "Sources"
            rules:
              - allow: .github.com
                id: all-of-it
              - allow: codeload.github.com
                id: codeload
                ports: [tcp/443]
        groups:
          build:
            clients: [10.0.3.0/24, "2001:db8::/64"]
            lists: [github]
            rules:
              - allow: api.example.com # the one thing they need
                id: api
              - deny: gist.github.com
                id: gist
          default: {}

        """;

    // In memory where there is such a folder: every write is synchronised, and here nobody pulls the plug.
    private readonly string _folder = Directory.Exists("/dev/shm") ? Directory.CreateDirectory($"/dev/shm/dnsguard-control-{Guid.NewGuid():N}").FullName : Directory.CreateTempSubdirectory("dnsguard-control-").FullName;
    private readonly MetricsText _metrics = new();
    private readonly WebApplication _app;

    private ControlNode(long maxBody, int requestsPerSecond)
    {
        Database = new Database(Path.Combine(_folder, "dnsguard.db"), "control");
        Revisions = new RevisionStore(Database, Clock);
        QueryLog = new QueryLogStore(Path.Combine(_folder, "querylog"), TimeSpan.FromDays(30), 1L << 30, Clock, LogWriter.Names);
        Journal = new GrantJournalStore(Path.Combine(_folder, "grants"), 1L << 24);
        Tokens = new TokenStore(Database, Clock);
        Audit = new AuditLog(Database, Clock);
        string[] targets = ["gateway", "feed"];
        var suffixes = PublicSuffixes.Parse("com\norg\n");
        var compiler = new PolicyCompiler([AddressRange.Parse("10.0.0.0/8"), AddressRange.Parse("127.0.0.0/8")], targets);
        var problems = new List<TextProblem>();
        Live = new LivePolicy(compiler.Compile(1, PolicyReader.Read(FirstPolicy, problems)));
        Assert.Empty(problems);
        Revisions.Append(1, FirstPolicy, "start", "");
        Publisher = new PolicyPublisher(Live, new PolicyValidator(suffixes, targets), compiler, Revisions);
        var services = new ControlServices(Live, Publisher, Revisions, QueryLog, Journal, Grants, Targets, Tokens, Audit, Readiness, () => Flushes++, Clock);
        _app = ControlServer.Build(new ControlOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), MaxBodyBytes = maxBody, RequestsPerSecond = requestsPerSecond }, services, _metrics, _ => { });
    }

    public FakeClock Clock { get; } = new();

    public FakeGrants Grants { get; } = new();

    public FakeTargets Targets { get; } = new();

    public Readiness Readiness { get; } = new() { IsReady = true };

    public Database Database { get; }

    public LivePolicy Live { get; }

    public PolicyPublisher Publisher { get; }

    public RevisionStore Revisions { get; }

    public QueryLogStore QueryLog { get; }

    public GrantJournalStore Journal { get; }

    public TokenStore Tokens { get; }

    public AuditLog Audit { get; }

    /// <summary>What the web server is made of.</summary>
    public IServiceProvider Parts => _app.Services;

    public int Flushes { get; private set; }

    /// <summary>Speaks to it without a token: as loopback, until there is one.</summary>
    public Api Api { get; private set; } = null!;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<ControlNode> StartAsync(long maxBody = 1 << 20, int requestsPerSecond = 0)
    {
        var node = new ControlNode(maxBody, requestsPerSecond);
        await node._app.StartAsync();
        node.Api = new Api(node.Address, null);
        return node;
    }

    /// <summary>Speaks to it with a new token.</summary>
    public Api With(params string[] scopes) => new(Address, Tokens.Create("tester", scopes, null).Secret);

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _app.DisposeAsync();
        _metrics.Dispose();
        QueryLog.Dispose();
        Journal.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
