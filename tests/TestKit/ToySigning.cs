using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>How a zone says that something is not there.</summary>
public enum ToyDenial
{
    /// <summary>NSEC (RFC 4034 §4).</summary>
    Nsec,

    /// <summary>NSEC3 (RFC 5155).</summary>
    Nsec3,

    /// <summary>NSEC made up for each question: a name that is not there is said to exist without data (RFC 9824).</summary>
    Compact,

    /// <summary>Not at all, which makes every denial bogus.</summary>
    None,
}

/// <summary>How a zone is signed, as a test writes it down.</summary>
public sealed record ToySigning
{
    /// <summary>The keys that sign. Those with SEP sign the DNSKEY RRset, the others all else; where one kind is missing, the other does its work.</summary>
    public IReadOnlyList<ToyKey> Keys { get; init; } = [ToyKey.Ksk(), ToyKey.Zsk()];

    /// <summary>Keys that are published and sign nothing.</summary>
    public IReadOnlyList<ToyKey> Standby { get; init; } = [];

    /// <summary>How the zone denies.</summary>
    public ToyDenial Denial { get; init; }

    /// <summary>The salt of NSEC3.</summary>
    public byte[] Salt { get; init; } = [];

    /// <summary>The additional iterations of NSEC3; RFC 9276 wants none.</summary>
    public int Iterations { get; init; }

    /// <summary>Are delegations without DS left out of the NSEC3 chain (RFC 5155 §6)?</summary>
    public bool OptOut { get; init; }

    /// <summary>The moment the zone is signed at; the present one by default.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Signatures count from this long before <see cref="Now"/>. Negative for signatures that do not count yet.</summary>
    public TimeSpan Before { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Signatures count until this long after <see cref="Now"/>. Negative for signatures that have expired.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromDays(30);

    /// <summary>May change the signer of each set, or return null for no signature.</summary>
    public Func<RRset, ToySigner, ToySigner?>? Spoil { get; init; }

    /// <summary>A key-signing and a zone-signing key of one algorithm.</summary>
    public static ToySigning With(ToyAlgorithm algorithm) => new() { Keys = [ToyKey.Ksk(algorithm), ToyKey.Zsk(algorithm)] };
}
