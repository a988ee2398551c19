namespace DnsGuard.Dnssec;

/// <summary>How much checking one question may cost us, whatever the zone contains (KeyTrap, CVE-2023-50387; NSEC3, CVE-2023-50868).</summary>
/// <param name="signatures">Signatures checked for one question, DS matches included. PowerDNS Recursor has 30, BIND 16.</param>
/// <param name="hashes">NSEC3 hashes made for one question, iterations counted by the fifty. PowerDNS Recursor has 600, Unbound pauses after 8.</param>
public sealed class ValidationBudget(int signatures, int hashes)
{
    /// <summary>Signatures looked at for one RRset (Unbound).</summary>
    public const int MaxSignaturesPerRRset = 8;

    /// <summary>Keys tried for one signature: tags may collide by chance, but not often (PowerDNS Recursor has 2).</summary>
    public const int MaxKeysPerSignature = 2;

    private int _signatures = signatures;
    private int _hashes = hashes;

    /// <summary>Was anything refused?</summary>
    public bool IsExceeded { get; private set; }

    /// <summary>Takes one check of a signature or digest, or as many as it costs; false when there is none left.</summary>
    public bool TakeSignature(int cost = 1) => Take(ref _signatures, cost);

    /// <summary>Takes one hashed name; false when there is none left.</summary>
    public bool TakeHash() => Take(ref _hashes);

    private bool Take(ref int left, int cost = 1)
    {
        if (Interlocked.Add(ref left, -cost) >= 0)
            return true;
        IsExceeded = true;
        return false;
    }
}
