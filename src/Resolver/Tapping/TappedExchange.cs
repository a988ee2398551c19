using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.Tapping;

/// <summary>What a tap tells of a query beside its octets: fixed size, no references.</summary>
public struct TappedExchange
{
    /// <summary>Who asked, when, how, and what the policy said of it. Where it was not judged, only the first three count.</summary>
    public QueryRecord Record;

    /// <summary>The client's port; 0 where nobody knows it, such as behind a load balancer.</summary>
    public ushort Port;

    /// <summary>Did the policy judge it? What cannot be read is answered without.</summary>
    public bool IsJudged;
}
