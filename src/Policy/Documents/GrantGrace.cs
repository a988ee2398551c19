using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Documents;

/// <summary>How long a grant outlives the TTL of the answer it was made for: clients use addresses longer than they are told to.</summary>
/// <param name="Name">The preset's name, or the duration as written.</param>
/// <param name="Floor">The TTL counts as at least this.</param>
/// <param name="Extra">What is added behind it.</param>
public sealed record GrantGrace(string Name, TimeSpan Floor, TimeSpan Extra)
{
    /// <summary>max(TTL, 60 s) + 60 s: covers a stub's cache and a connection pool's hesitation.</summary>
    public static GrantGrace Default { get; } = new("default", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60));

    private static readonly GrantGrace[] Presets =
    [
        Default,

        // A JVM keeps positive answers 30 s whatever their TTL (networkaddress.cache.ttl), and pools connect late.
        new("jvm", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120)),

        // Node looks up at every connection, but agents keep sockets and reconnect to what they knew.
        new("node", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90)),

        // SocketsHttpHandler's usual PooledConnectionLifetime, and ServicePoint's DnsRefreshTimeout before it, is 120 s.
        new("dotnet", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(180)),
    ];

    /// <summary>The longest grace there is; beyond it an address is reachable for reasons nobody remembers.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(1);

    /// <summary>Reads a preset's name or a duration, which is then what is added behind the TTL.</summary>
    public static bool TryParse(string text, out GrantGrace grace)
    {
        grace = Array.Find(Presets, preset => preset.Name == text) ?? Default;
        if (grace.Name == text)
            return true;
        if (!DurationText.TryRead(text, out var extra) || extra > Longest)
            return false;
        grace = new GrantGrace(DurationText.Write(extra), TimeSpan.Zero, extra);
        return true;
    }

    /// <summary>How long a grant made now for an answer with this TTL lasts.</summary>
    public TimeSpan Lifetime(TimeSpan ttl) => (ttl > Floor ? ttl : Floor) + Extra;
}
