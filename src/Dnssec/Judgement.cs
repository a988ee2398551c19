using DnsGuard.Wire.Messages;

namespace DnsGuard.Dnssec;

/// <summary>What validation says, and why.</summary>
/// <param name="Status">The status.</param>
/// <param name="Error">For Bogus, and for Insecure where the zone uses what we cannot check.</param>
/// <param name="TtlSeconds">How long it may be said: no longer than the signatures hold (RFC 4035 §5.3.3).</param>
/// <param name="IsWildcard">Was the signature made for a wildcard that the answer was expanded from?</param>
/// <param name="Labels">For a wildcard, the labels of the closest encloser.</param>
public readonly record struct Judgement(SecurityStatus Status, ExtendedErrorCode Error = ExtendedErrorCode.None, uint TtlSeconds = uint.MaxValue, bool IsWildcard = false, int Labels = 0)
{
    /// <summary>Not signed, and rightly so.</summary>
    public static Judgement Insecure { get; } = new(SecurityStatus.Insecure);

    /// <summary>Proven.</summary>
    public static Judgement Secure { get; } = new(SecurityStatus.Secure);

    /// <summary>Not what the zone signed.</summary>
    public static Judgement Bogus(ExtendedErrorCode error) => new(SecurityStatus.Bogus, error);
}
