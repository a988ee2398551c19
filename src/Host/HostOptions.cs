using DnsGuard.Control;
using DnsGuard.Resolver;
using DnsGuard.Sync;
using Serilog.Events;

namespace DnsGuard.Host;

/// <summary>Everything that <c>dnsguard.yaml</c> says.</summary>
internal sealed record HostOptions
{
    public ResolverOptions Resolver { get; init; } = new();

    public SyncOptions Sync { get; init; } = new();

    public ControlOptions Control { get; init; } = new();

    public StoreOptions Store { get; init; } = new();

    public LogOptions Log { get; init; } = new();

    public TapOptions Dnstap { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>The policy that a node without any revision starts with.</summary>
    public string PolicyFile { get; init; } = "config/policy.yaml";

    /// <summary>The public suffix list; null takes the one that came with the program.</summary>
    public string? PublicSuffixes { get; init; }

    /// <summary>How long queries under way may take to be answered when the node stops, 0 to 1 min.</summary>
    /// <remarks>A stub waits 5 s; whoever is not answered by then has asked somebody else.</remarks>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Every knob of the stores.</summary>
internal sealed record StoreOptions
{
    /// <summary>Where the database and the query log are.</summary>
    public string Directory { get; init; } = "var";

    /// <summary>Is every query noted in the query log?</summary>
    /// <remarks>On: without it nobody can say why a name was blocked. Whoever may not know who asked what turns it off; metrics stay.</remarks>
    public bool QueryLog { get; init; } = true;

    /// <summary>How long query-log rows are kept, 1 min to 3650 d; they go a sixtieth of the log at a time.</summary>
    public TimeSpan QueryLogAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How much disk they may take, 1 MiB to 100000 GiB.</summary>
    public long QueryLogBytes { get; init; } = 1L << 30;

    /// <summary>How long sums of the query log by hour, group and outcome are kept, 1 d to 36500 d.</summary>
    /// <remarks>A year and a month: the same week a year ago can still be compared. A hundred groups take 20 MiB a year.</remarks>
    public TimeSpan QueryLogHours { get; init; } = TimeSpan.FromDays(400);

    /// <summary>How often what was learnt from other servers is written to disk, 10 s to 1 d; it is read at the start. 0 for never.</summary>
    /// <remarks>Ten minutes: what is lost is asked for again.</remarks>
    public TimeSpan CachePeriod { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What the grant journal may take on disk, in octets; the oldest goes first. 4 MiB to 100,000 GiB.</summary>
    public long GrantJournalBytes { get; init; } = 1L << 30;

    /// <summary>How long the grant journal is kept, 1 h to 3650 d.</summary>
    public TimeSpan GrantJournalAge { get; init; } = TimeSpan.FromDays(90);
}

/// <summary>Every knob of the operator's log.</summary>
internal sealed record LogOptions
{
    /// <summary>The least level that is written.</summary>
    public LogEventLevel Level { get; init; } = LogEventLevel.Information;

    /// <summary>Where rolling JSON files go; null for none.</summary>
    public string? Directory { get; init; } = "var/log";

    /// <summary>How many daily files are kept, 1 to 1000.</summary>
    public int Files { get; init; } = 14;
}

/// <summary>Every knob of dnstap: queries and responses, octet by octet, for other programs.</summary>
internal sealed record TapOptions
{
    /// <summary>A Unix socket at which a reader listens; null for none.</summary>
    public string? Socket { get; init; }

    /// <summary>A file to write; null for none.</summary>
    public string? File { get; init; }

    /// <summary>How large that file may become, 1 MiB to 100000 GiB; a full one is kept as FILE.1, in place of the one before.</summary>
    public long FileBytes { get; init; } = 256L << 20;

    /// <summary>Octets of messages that may wait for the socket and for the file each, 256 KiB to 1 GiB; twice that is taken.</summary>
    /// <remarks>8 MiB are some twenty thousand exchanges: what a reader misses that is restarted, at a thousand queries a second.</remarks>
    public int QueueBytes { get; init; } = 8 << 20;

    /// <summary>What the node calls itself in every message.</summary>
    public string Identity { get; init; } = Environment.MachineName;

    /// <summary>Does anybody want it? Where not, it costs an answer one comparison.</summary>
    public bool IsOn => Socket is not null || File is not null;
}

/// <summary>Every knob of sending the metrics elsewhere.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>A collector for OpenTelemetry's protocol over HTTP, by its address; null for none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>How often it gets all metrics, 1 s to 1 h.</summary>
    /// <remarks>A minute, as OpenTelemetry has it.</remarks>
    public TimeSpan OtlpPeriod { get; init; } = TimeSpan.FromMinutes(1);
}
