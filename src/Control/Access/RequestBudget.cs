namespace DnsGuard.Control.Access;

/// <summary>How much each caller may ask of the API: a bucket of tokens each, filled at a rate.</summary>
/// <param name="perSecond">The rate; 0 for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestBudget(int perSecond, TimeProvider time)
{
    // Addresses are the callers' to choose: whoever sends from more than these shares one bucket with all others that are new.
    private const int MostCallers = 4_096;
    private const string TheRest = "";

    // A console that opens sends a few dozen at once; a script, what it has gathered.
    private const int BurstSeconds = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private long _forgottenAt = time.GetTimestamp();

    /// <summary>How many callers have a bucket of their own.</summary>
    public int Callers
    {
        get
        {
            lock (_lock)
                return _buckets.Count;
        }
    }

    /// <summary>Takes one request out of a caller's budget; zero where it may pass, otherwise how long until the next may.</summary>
    public TimeSpan Take(string caller)
    {
        if (perSecond == 0)
            return TimeSpan.Zero;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var bucket = BucketLocked(caller, now);
            var tokens = Math.Min(bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond), perSecond * BurstSeconds);
            (bucket.At, bucket.Tokens) = (now, tokens >= 1 ? tokens - 1 : tokens);
            return tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - tokens) / perSecond);
        }
    }

    private Bucket BucketLocked(string caller, long now)
    {
        if (_buckets.TryGetValue(caller, out var known))
            return known;
        if (_buckets.Count >= MostCallers)
            ForgetLocked(now);
        var name = _buckets.Count >= MostCallers ? TheRest : caller;
        if (!_buckets.TryGetValue(name, out var bucket))
            _buckets[name] = bucket = new Bucket { At = now, Tokens = perSecond * BurstSeconds };
        return bucket;
    }

    // Whose bucket is full again is as good as new. Once a second: callers that are made up must not each cost a look at all others.
    private void ForgetLocked(long now)
    {
        if (time.GetElapsedTime(_forgottenAt, now) < TimeSpan.FromSeconds(1))
            return;
        _forgottenAt = now;
        foreach (var caller in _buckets.Where(bucket => time.GetElapsedTime(bucket.Value.At, now).TotalSeconds >= BurstSeconds).Select(bucket => bucket.Key).ToList())
            _buckets.Remove(caller);
    }

    private sealed class Bucket
    {
        public long At { get; set; }

        public double Tokens { get; set; }
    }
}
