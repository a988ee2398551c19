namespace DnsGuard.Ec2.Access;

/// <summary>Our share of an API's rate: a bucket for each action of an account and region. It is halved when EC2 says "too many", and grows back slowly (AIMD).</summary>
/// <remarks>The account's own buckets are shared with everybody who works there: we must not be the ones who empty them.</remarks>
/// <param name="perSecond">Calls per second when all is well.</param>
/// <param name="burst">Calls that may come at once.</param>
/// <param name="time">The clock.</param>
public sealed class ApiBudget(double perSecond, double burst, TimeProvider time)
{
    private const double Slowest = 0.1;
    private const double RecoveryPerSecond = 0.02;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>How long a call has to wait; its place is taken.</summary>
    public TimeSpan Take(string action)
    {
        lock (_lock)
        {
            var bucket = RefilledLocked(action);
            bucket.Tokens--;
            return bucket.Tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-bucket.Tokens / bucket.Rate);
        }
    }

    /// <summary>EC2 said that there were too many.</summary>
    public void Throttled(string action)
    {
        lock (_lock)
        {
            var bucket = RefilledLocked(action);
            bucket.Rate = Math.Max(Slowest, bucket.Rate / 2);
            bucket.Tokens = Math.Min(bucket.Tokens, 0);
        }
    }

    /// <summary>Calls per second that an action may have now.</summary>
    public double RateOf(string action)
    {
        lock (_lock)
            return RefilledLocked(action).Rate;
    }

    private Bucket RefilledLocked(string action)
    {
        var now = time.GetTimestamp();
        if (!_buckets.TryGetValue(action, out var bucket))
            _buckets[action] = bucket = new Bucket { Rate = perSecond, Tokens = burst, At = now };
        var seconds = time.GetElapsedTime(bucket.At, now).TotalSeconds;
        bucket.At = now;
        bucket.Rate = Math.Min(perSecond, bucket.Rate + (perSecond * RecoveryPerSecond * seconds));
        bucket.Tokens = Math.Min(burst, bucket.Tokens + (bucket.Rate * seconds));
        return bucket;
    }

    private sealed class Bucket
    {
        public double Rate;
        public double Tokens;
        public long At;
    }
}
