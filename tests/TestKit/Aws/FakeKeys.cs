using System.Globalization;

namespace DnsGuard.TestKit.Aws;

/// <summary>Temporary keys as a source gives them out.</summary>
/// <param name="AccessKey">Tells the account.</param>
/// <param name="Secret">What is signed with.</param>
/// <param name="Token">Goes with every request.</param>
/// <param name="Expiration">Until when they hold, in ISO 8601.</param>
public sealed record FakeKey(string AccessKey, string Secret, string Token, string Expiration);

/// <summary>Gives out temporary keys for STS, a container's agent and an instance's metadata service, and knows which of them still hold.</summary>
public sealed class FakeKeys(TimeProvider time)
{
    private readonly HashSet<string> _good = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>How long the source says that keys hold.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many were given out.</summary>
    public int Issued { get; private set; }

    /// <summary>Are keys expired as soon as they are given out, whatever their source says?</summary>
    public bool AreStillborn { get; set; }

    /// <summary>Keys given out so far hold no longer.</summary>
    public void ExpireAll()
    {
        lock (_lock)
            _good.Clear();
    }

    /// <summary>Gives some out.</summary>
    public FakeKey Issue(string account)
    {
        lock (_lock)
        {
            var token = $"session-{++Issued}";
            if (!AreStillborn)
                _good.Add(token);
            return new FakeKey($"AKID{account}", "secret", token, (time.GetUtcNow() + Lifetime).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Does a session hold? What has none, such as a user's own keys, holds for ever.</summary>
    internal bool Holds(string token)
    {
        lock (_lock)
            return token.Length == 0 || _good.Contains(token);
    }
}
