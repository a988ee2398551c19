namespace DnsGuard.TestKit.Aws;

/// <summary>What can go wrong with one call.</summary>
public enum FakeFaultKind
{
    /// <summary>It is refused, and nothing is done.</summary>
    Refuse,

    /// <summary>It is done, and the connection breaks before the answer.</summary>
    LoseAnswer,

    /// <summary>It is done, and nothing comes back.</summary>
    Hang,

    /// <summary>A load balancer's page comes back; what was asked for is done all the same.</summary>
    BadGateway,

    /// <summary>It is done, and half of the answer comes back.</summary>
    CutAnswer,
}

/// <summary>One call that goes wrong.</summary>
/// <param name="Kind">How.</param>
/// <param name="Status">The status of a refusal.</param>
/// <param name="Code">The code of a refusal.</param>
/// <param name="Message">The words of a refusal.</param>
public sealed record FakeFault(FakeFaultKind Kind, int Status = 400, string Code = "", string Message = "");

/// <summary>EC2's bad days: calls that go wrong, one after another, and limits that hold all the time.</summary>
public sealed class FakeFaults(TimeProvider time)
{
    private readonly Dictionary<string, Queue<FakeFault>> _next = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Account, string Action), (double Tokens, long At)> _buckets = [];
    private readonly Lock _lock = new();

    /// <summary>How long a prefix list stays "modify-in-progress".</summary>
    public TimeSpan ModifyTime { get; set; } = TimeSpan.Zero;

    /// <summary>How long Describe calls go on telling of what was before.</summary>
    public TimeSpan VisibleAfter { get; set; } = TimeSpan.Zero;

    /// <summary>Outbound rules of a security group, for each address family.</summary>
    public int RulesPerGroup { get; set; } = 60;

    /// <summary>Calls per second of an action; the burst is as much. Null for no limit.</summary>
    public double? CallsPerSecond { get; set; }

    /// <summary>Members of a page where a call asks for no number.</summary>
    public int PageSize { get; set; } = 100;

    /// <summary>What an account's roles ask for.</summary>
    public Dictionary<string, string> ExternalIds { get; } = [];

    /// <summary>Is nobody there? Connections break before anything is done.</summary>
    public bool IsDown { get; set; }

    /// <summary>Why changes of prefix lists fail after they began; null where they do not.</summary>
    public string? FailsAfterAll { get; set; }

    /// <summary>AWS's own time: whatever happens to the clock of those who call, it only goes on.</summary>
    internal DateTimeOffset Now => DateTimeOffset.UnixEpoch + time.GetElapsedTime(0);

    /// <summary>Told of every call: before it is done, and after, while its answer is still on its way.</summary>
    public Action<string, bool> Watch { get; set; } = static (_, _) => { };

    /// <summary>The next calls of an action go wrong.</summary>
    public void Add(string action, params IEnumerable<FakeFault> faults)
    {
        lock (_lock)
        {
            if (!_next.TryGetValue(action, out var queue))
                _next[action] = queue = new Queue<FakeFault>();
            foreach (var fault in faults)
                queue.Enqueue(fault);
        }
    }

    internal FakeFault? Next(string action)
    {
        lock (_lock)
            return _next.TryGetValue(action, out var queue) && queue.TryDequeue(out var fault) ? fault : null;
    }

    internal bool IsThrottled(string account, string action)
    {
        if (CallsPerSecond is not { } rate)
            return false;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var (tokens, at) = _buckets.GetValueOrDefault((account, action), (rate, now));
            tokens = Math.Min(rate, tokens + (time.GetElapsedTime(at, now).TotalSeconds * rate));
            _buckets[(account, action)] = (tokens >= 1 ? tokens - 1 : tokens, now);
            return tokens < 1;
        }
    }
}
