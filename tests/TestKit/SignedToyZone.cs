using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>A signed zone: to a query with DO it adds signatures and proofs (RFC 4035 §3.1), to others it speaks as the plain zone does.</summary>
/// <remarks>Sets are signed when they are first sent, so that a zone costs only what is asked of it.</remarks>
public sealed class SignedToyZone : ToyZone
{
    private readonly ZoneContents _contents;
    private readonly IDenialChain? _denial;
    private readonly IReadOnlyList<ToySigner> _keySigners;
    private readonly IReadOnlyList<ToySigner> _zoneSigners;
    private readonly Dictionary<(DomainName, RecordType), RRset?> _signatures = [];
    private readonly Lock _gate = new();

    /// <summary>Reads and signs a zone; it gets the DNSKEY records of its keys.</summary>
    public SignedToyZone(string apex, string text, ToySigning? signing = null)
        : base(apex, text.Length == 0 ? "\n" : text)
    {
        Signing = signing ?? new ToySigning();
        foreach (var key in Signing.Keys.Concat(Signing.Standby))
            Add(RecordType.DNSKEY, key.Rdata);
        _contents = new ZoneContents(Apex, Sets.Values);
        _denial = Signing.Denial switch
        {
            ToyDenial.Nsec => new NsecChain(_contents),
            ToyDenial.Nsec3 => new Nsec3Chain(_contents, Signing),
            ToyDenial.Compact => new CompactDenial(_contents),
            _ => null,
        };
        foreach (var set in _denial?.Published ?? [])
            Sets[(set.Owner, set.Type)] = set;

        var now = Signing.Now ?? DateTimeOffset.UtcNow;
        var signers = Signing.Keys.Select(key => new ToySigner(key, Apex, now - Signing.Before, now + Signing.After)).ToList();
        _keySigners = signers.Exists(signer => signer.Key.IsSecureEntryPoint) ? signers.FindAll(signer => signer.Key.IsSecureEntryPoint) : signers;
        var others = signers.FindAll(signer => !signer.Key.IsSecureEntryPoint);
        _zoneSigners = others.Count > 0 ? others : signers.FindAll(signer => !signer.Key.IsRevoked);
    }

    /// <summary>How it is signed.</summary>
    public ToySigning Signing { get; }

    /// <summary>The keys that a parent's DS stands for: those with SEP, or all where none has it. Revoked ones are left out.</summary>
    public IEnumerable<ToyKey> EntryKeys => _keySigners.Select(signer => signer.Key).Where(key => !key.IsRevoked);

    /// <summary>The parent's DS records as lines of a master file.</summary>
    public string DsLines(int digestType = 2) => string.Concat(EntryKeys.Select(key => key.DsLine(Apex.ToString(), digestType)));

    /// <summary>The RRSIG records that cover a set of the zone; null where it is not signed.</summary>
    public RRset? Signatures(RRset set)
    {
        lock (_gate)
        {
            if (!_signatures.TryGetValue((set.Owner, set.Type), out var signatures))
                _signatures.Add((set.Owner, set.Type), signatures = Sign(set));
            return signatures;
        }
    }

    /// <inheritdoc/>
    protected override RRset? Find(DomainName name, RecordType type)
    {
        if (type is not RecordType.RRSIG)
            return base.Find(name, type);
        var rdatas = Sets.Values.Where(set => set.Owner.Equals(name)).Select(Signatures).SelectMany(set => set?.Rdatas ?? []).ToList();
        return rdatas.Count == 0 ? null : new RRset(name, RecordType.RRSIG, _contents.NegativeTtl, rdatas);
    }

    /// <inheritdoc/>
    protected override void Put(List<RRset> section, RRset set, DomainName source, ToyReply reply)
    {
        base.Put(section, set, source, reply);
        if (reply.Query.DnssecOk && Signatures(_denial is CompactDenial ? set : set with { Owner = source }) is { } signatures)
            section.Add(signatures with { Owner = set.Owner });
    }

    /// <inheritdoc/>
    protected override void ProveNoData(DomainName name, ToyReply reply) => Prove(reply, _denial?.NoData(name));

    /// <inheritdoc/>
    protected override void ProveNoName(DomainName name, DomainName closest, ToyReply reply)
    {
        Prove(reply, _denial?.NoName(name, closest));
        // RFC 9824 §3.1: to those who check, the name exists without data.
        if (reply.Query.DnssecOk && _denial is CompactDenial)
            reply.Code = ResponseCode.NoError;
    }

    /// <inheritdoc/>
    protected override void ProveExpansion(DomainName name, DomainName wildcard, bool hasData, ToyReply reply) =>
        Prove(reply, _denial?.Expansion(name, wildcard, hasData));

    /// <inheritdoc/>
    protected override void ProveDelegation(DomainName cut, ToyReply reply)
    {
        if (Find(cut, RecordType.DS) is not { } ds)
            Prove(reply, _denial?.NoDs(cut));
        else if (reply.Query.DnssecOk)
            Put(reply.Authorities, ds, cut, reply);
    }

    private void Prove(ToyReply reply, IEnumerable<RRset>? proof)
    {
        if (!reply.Query.DnssecOk)
            return;
        foreach (var record in proof ?? [])
        {
            if (!reply.Authorities.Exists(set => set.Type == record.Type && set.Owner.Equals(record.Owner)))
                Put(reply.Authorities, record, record.Owner, reply);
        }
    }

    private RRset? Sign(RRset set)
    {
        if (!_contents.IsSigned(set))
            return null;
        var rdatas = (set.Type is RecordType.DNSKEY && set.Owner.Equals(Apex) ? _keySigners : _zoneSigners)
            .Select(signer => Signing.Spoil is null ? signer : Signing.Spoil(set, signer))
            .Where(signer => signer is not null)
            .Select(signer => signer!.Sign(set))
            .ToList();
        return rdatas.Count == 0 ? null : new RRset(set.Owner, RecordType.RRSIG, set.Ttl, rdatas);
    }

    private void Add(RecordType type, byte[] rdata) =>
        Sets[(Apex, type)] = Sets.TryGetValue((Apex, type), out var set) ? set with { Rdatas = [.. set.Rdatas, rdata] } : new RRset(Apex, type, 3_600, [rdata]);
}
