using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>A toy internet that is signed from the root down: a signed root, a signed <c>com</c>, and what zones a test adds, each on a server of its own.</summary>
/// <remarks>Delegations, glue, NS and DS records are written by themselves. Servers here have numbers from 100 on, so that a test can add lower ones.</remarks>
public sealed class SignedInternet : ToyInternet
{
    private const int FirstServer = 100;

    private readonly Dictionary<DomainName, Holding> _zones = [];
    private readonly DateTimeOffset _now;

    /// <summary>Makes the internet.</summary>
    /// <param name="now">The moment all zones are signed at; the present one by default.</param>
    /// <param name="root">How the root is signed.</param>
    /// <param name="com">How <c>com</c> is signed.</param>
    public SignedInternet(DateTimeOffset? now = null, ToySigning? root = null, ToySigning? com = null)
    {
        _now = now ?? DateTimeOffset.UtcNow;
        Zone(".", "", signing: root);
        Com = Zone("com", "", signing: com);
    }

    /// <summary>The server of <c>com</c>.</summary>
    public ToyServer Com { get; }

    /// <summary>The trust anchor: the DS record of the root's key-signing key, in master-file text.</summary>
    public string TrustAnchors => ((SignedToyZone)this["."]).DsLines();

    /// <summary>A zone as it is served now. Whoever adds a zone below it replaces it.</summary>
    public ToyZone this[string apex] => _zones[DomainName.Parse(apex)].Served;

    /// <summary>The keys of a signed zone.</summary>
    public IReadOnlyList<ToyKey> Keys(string apex) => ((SignedToyZone)this[apex]).Signing.Keys;

    /// <summary>Adds a zone and delegates it from the closest one above, or changes a zone that is there already.</summary>
    /// <param name="apex">The zone.</param>
    /// <param name="text">Its records; <c>@7</c> is the address of server 7.</param>
    /// <param name="trust">What a validator shall make of it.</param>
    /// <param name="signing">How it is signed; ECDSA and NSEC by default.</param>
    /// <param name="on">The server; by default the zone's own.</param>
    /// <returns>The server, which counts what it is asked and may be given a script.</returns>
    public ToyServer Zone(string apex, string text, ZoneTrust trust = ZoneTrust.Secure, ToySigning? signing = null, ToyServer? on = null)
    {
        var name = DomainName.Parse(apex);
        var known = _zones.GetValueOrDefault(name);
        var server = on ?? known?.Server ?? (name.IsRoot ? Root : Server(FirstServer + _zones.Count));
        // An algorithm that nobody knows wants keys of its own; all else is done to the keys there are.
        signing ??= trust is ZoneTrust.UnknownAlgorithm ? ToySigning.With(ToyAlgorithm.Unknown) : known?.Signing ?? new ToySigning();
        _zones[name] = new Holding(name, Expand(text), trust, signing with { Now = signing.Now ?? _now }, server);
        Build(_zones[name]);
        if (!name.IsRoot)
            Build(ParentOf(name));
        return server;
    }

    // A zone that is built anew keeps its keys: the DS records and anchors handed out before stay right.
    private void Build(Holding zone)
    {
        var text = (zone.Apex.IsRoot ? Hints : $"@ NS ns\nns A {zone.Server.Address}\n") + zone.Text
            + string.Concat(_zones.Values.Where(child => !child.Apex.IsRoot && ParentOf(child.Apex) == zone).Select(Delegation));
        zone.Served = zone.Trust is ZoneTrust.Unsigned or ZoneTrust.Stripped
            ? new ToyZone(zone.Apex.ToString(), text)
            : new SignedToyZone(zone.Apex.ToString(), text, Spoil(zone.Signing, zone.Trust));
        zone.Server.With(zone.Served);
    }

    private Holding ParentOf(DomainName name) => _zones.Values
        .Where(zone => !zone.Apex.Equals(name) && name.IsAtOrBelow(zone.Apex))
        .MaxBy(zone => zone.Apex.LabelCount)!;

    private static string Delegation(Holding child)
    {
        var delegation = $"{child.Apex}. NS ns.{child.Apex}.\nns.{child.Apex}. A {child.Server.Address}\n";
        return delegation + child.Trust switch
        {
            ZoneTrust.Unsigned or ZoneTrust.Island => "",
            ZoneTrust.ForeignDs => ToyKey.Ksk().DsLine(child.Apex.ToString()),
            ZoneTrust.UnknownDigest => DsLines(child, 99),
            _ => DsLines(child, 2),
        };
    }

    // Asked of the signing alone: a stripped zone has a DS as well, and keys that only its parent knows.
    private static string DsLines(Holding child, int digestType) => new SignedToyZone(child.Apex.ToString(), "", child.Signing).DsLines(digestType);

    // Three days, since validators allow for clocks that are up to a day wrong.
    private static ToySigning Spoil(ToySigning signing, ZoneTrust trust) => trust switch
    {
        ZoneTrust.Expired => signing with { Before = TimeSpan.FromDays(30), After = TimeSpan.FromDays(-3) },
        ZoneTrust.NotYetValid => signing with { Before = TimeSpan.FromDays(-3) },
        ZoneTrust.OnlyKeysSigned => signing with { Spoil = (set, signer) => set.Type is RecordType.DNSKEY ? signer : null },
        ZoneTrust.BadSignatures => signing with { Spoil = (set, signer) => signer with { IsSpoiled = set.Type is not RecordType.DNSKEY } },
        ZoneTrust.BadKeySignatures => signing with { Spoil = (set, signer) => signer with { IsSpoiled = set.Type is RecordType.DNSKEY } },
        ZoneTrust.ForeignSigner => signing with { Spoil = (_, signer) => signer with { Name = signer.Name.Parent } },
        ZoneTrust.NoDenial => signing with { Denial = ToyDenial.None },
        _ => signing,
    };

    private sealed record Holding(DomainName Apex, string Text, ZoneTrust Trust, ToySigning Signing, ToyServer Server)
    {
        public ToyZone Served { get; set; } = null!;

        // Two holdings are one only when they are the same object: a zone that is replaced is another.
        public bool Equals(Holding? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => Apex.GetHashCode();
    }
}
