using System.Reflection;
using DnsGuard.Dnssec;
using DnsGuard.Dnssec.Algorithms;
using DnsGuard.Dnssec.Denial;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Recursion;
using DnsGuard.Resolver.Upstream;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>Feeds one reply to everything that looks at it between the socket and the cache, and asks for what must hold afterwards.</summary>
internal sealed class ReplyRun : IDisposable
{
    private static readonly DomainName Zone = DomainName.Parse(ReplyMutator.Zone);

    private readonly ReplyMutator _mutator;
    private readonly RecordCache _cache;
    private readonly RingSlab _slab;
    private readonly ResolverMetrics _metrics = new();
    private readonly ResponseKeeper _keeper;
    private readonly RRsetValidator _validator = new(new SignatureChecker());
    private readonly List<DnskeyRdata> _keys;
    private readonly byte[] _name = new byte[255];
    private readonly byte[] _value = new byte[RingSlab.MaxValueOctets];
    private long _position;

    public ReplyRun(ReplyMutator mutator)
    {
        var options = new ResolverOptions { RecordCacheBytes = 1 << 20 };
        _mutator = mutator;
        _cache = new RecordCache(options, TimeProvider.System);
        // There is no way to list a cache but by what it is made of; nobody else needs one.
        _slab = (RingSlab)typeof(RecordCache).GetField("_slab", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(_cache)!;
        var forwardZones = new ForwardZones([], TimeProvider.System);
        _keeper = new ResponseKeeper(options, _cache, new ServerAddresses(options, _cache, new RootHints(""), forwardZones, _metrics), forwardZones);
        _keys = [.. mutator.Keys.Select(rdata => DnskeyRdata.TryRead(rdata, out var key) ? key! : throw new InvalidOperationException("a toy's key"))];
    }

    public int[] Kinds { get; } = new int[Enum.GetValues<ResponseKind>().Length];

    public int Unreadable { get; private set; }

    public int Secure { get; private set; }

    public int Kept { get; private set; }

    public void Run(ToyQuery query, byte[] wire, bool validates)
    {
        if (UpstreamResponse.Read(wire, 100, out var response) is not ParseError.None)
        {
            Unreadable++;
            return;
        }

        var kind = ResponseClassifier.Classify(response!, query.Name, query.Type, Zone, isForwarder: false);
        Kinds[(int)kind]++;
        Keep(kind, response!, query);
        LookAtCache();
        foreach (var set in response!.Answers.Concat(response.Authorities).Concat(response.Additionals))
            ReadData(set);
        Prove(response, query);
        if (validates)
            Validate(response);
    }

    public void Dispose()
    {
        _cache.Dispose();
        _metrics.Dispose();
    }

    private void Keep(ResponseKind kind, UpstreamResponse response, ToyQuery query)
    {
        var target = new ZoneTarget(Zone, ForwardZones.IterativeRealm);
        var reply = new ZoneReply(kind, response, null, ExtendedErrorCode.None);
        if (kind is ResponseKind.Referral)
            Must(_keeper.KeepReferral(reply, target, query.Name).Zone is var below && below.IsAtOrBelow(Zone) && below.LabelCount > Zone.LabelCount && query.Name.IsAtOrBelow(below), "a referral leads down, towards the name");
        else if (kind is not ResponseKind.Useless)
            Must(_keeper.Keep(reply, target, query.Name, query.Type) is { Status: not SecurityStatus.Secure }, "nothing is Secure before it is judged");
    }

    private void LookAtCache()
    {
        while (_slab.Next(ref _position, _name, _value, out var record))
        {
            Kept++;
            Must(DomainName.TryFromWire(_name.AsSpan(0, record.NameOctets), out var owner) && owner.IsAtOrBelow(Zone), $"what is kept belongs to the zone, and {owner} does not");
            var type = (RecordType)(record.Kind & 0xFFFF);
            Must(RecordCodec.Decode(_value.AsSpan(0, record.ValueOctets), owner!, type, Moment.Of(TimeProvider.System).UnixMilliseconds, 0) is { } known
                && known.TtlSeconds <= 86_400 && known.Authorities.All(set => set.Owner.IsAtOrBelow(Zone)) && (known.Records?.Rdatas.Count ?? 0) <= 100, "what is kept can be read, and is bounded");
        }
    }

    private static void ReadData(RRset set)
    {
        foreach (var rdata in set.Rdatas)
        {
            // Octets of one type read as another: what calls itself a key may be anything.
            DnskeyRdata.TryRead(rdata, out _);
            DsRdata.TryRead(rdata, out _);
            RrsigRdata.TryRead(rdata, out _);
            SoaRdata.TryRead(rdata, out _);
            SvcbRdata.TryRead(rdata, out _);
            if (NsecRdata.TryRead(rdata, out var nsec))
                nsec.Types.Has(RecordType.A);
            if (Nsec3Rdata.TryRead(rdata, out var nsec3))
                nsec3.Types.Has(RecordType.A);
        }
    }

    // As if every record were Secure: a zone may well sign nonsense about itself.
    private static void Prove(UpstreamResponse response, ToyQuery query)
    {
        var budget = new ValidationBudget(48, 150);
        foreach (IDenialProof proof in new IDenialProof[] { new NsecProof(response.Authorities, Zone), new Nsec3Proof(response.Authorities, Zone, 50, budget) })
        {
            proof.NoName(query.Name);
            proof.NoData(query.Name, query.Type);
            proof.NoDs(query.Name);
            if (query.Name.LabelCount > Zone.LabelCount)
                proof.NoCloserMatch(query.Name, Zone.LabelCount);
        }
    }

    private void Validate(UpstreamResponse response)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        foreach (var set in response.Answers.Concat(response.Authorities))
        {
            var judged = _validator.Validate(set, Zone, _keys, now, new ValidationBudget(16, 0));
            if (judged.Status is not SecurityStatus.Secure)
                continue;
            Secure++;
            Must(judged.IsWildcard || _mutator.Signed.Contains(ReplyMutator.Line(set)), $"only what the zone signed is Secure, and not {ReplyMutator.Line(set)}");
        }
    }

    private static void Must(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"does not hold: {what}");
    }
}
