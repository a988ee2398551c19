using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Tests.Fuzz;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>What a hostile server might make of honest replies: records moved, renamed, doubled and spoiled; then octets turned.</summary>
internal sealed class ReplyMutator
{
    public const string Zone = "evil.com";

    private const string Text = """
        www A 93.184.216.34
        www AAAA 2606:2800::1
        alias CNAME www
        out CNAME www.victim.com.
        tree DNAME www
        *.wild A 93.184.216.35
        svc HTTPS 1 . alpn="h2" ipv4hint=93.184.216.36
        mail MX 10 www
        text TXT "abc" "def"
        below.empty A 93.184.216.37
        secure NS ns.secure
        secure DS 1 13 2 AABBCCDDAABBCCDDAABBCCDDAABBCCDDAABBCCDDAABBCCDDAABBCCDDAABBCCDD
        ns.secure A 93.184.216.38
        plain NS ns.plain
        ns.plain A 93.184.216.39

        """;

    private static readonly string[] Names = ["", "www", "alias", "out", "x.tree", "x.wild", "svc", "mail", "text", "empty", "no", "a.b.no", "secure", "x.plain"];
    private static readonly RecordType[] Types = [RecordType.A, RecordType.AAAA, RecordType.TXT, RecordType.MX, RecordType.HTTPS, RecordType.DS, RecordType.DNSKEY, RecordType.NS, RecordType.SOA];

    private static readonly DomainName[] Foreign =
        [.. new[] { "www.victim.com", "victim.com", "com", ".", "ns.victim.com", "evil.com", "www.evil.com", "a.evil.com", "xevil.com", "*.evil.com", "ns.evil.com" }.Select(DomainName.Parse)];

    private readonly List<(ToyQuery Query, ToyReply Reply)> _honest = [];

    public ReplyMutator()
    {
        foreach (var denial in new[] { ToyDenial.Nsec, ToyDenial.Nsec3 })
        {
            var zone = new SignedToyZone(Zone, Text, new ToySigning { Denial = denial, Salt = [1], Iterations = 2 });
            Keys.AddRange(zone.Signing.Keys.Select(key => key.Rdata));
            foreach (var name in Names)
            {
                foreach (var type in Types)
                    Add(zone, DomainName.Parse(name.Length == 0 ? Zone : $"{name}.{Zone}"), type);
            }
        }
    }

    /// <summary>The data of the zone's keys, of both ways of signing it.</summary>
    public List<byte[]> Keys { get; } = [];

    /// <summary>Everything that the zone did sign: owner and type to data.</summary>
    public HashSet<string> Signed { get; } = [];

    /// <summary>How a set, duplicates once and letters small (RFC 4034 §6), is written in <see cref="Signed"/>.</summary>
    public static string Line(RRset set) =>
        $"{set.Owner} {set.Type} {string.Join(' ', set.Rdatas.Select(rdata => Convert.ToHexString(set.Type is RecordType.A or RecordType.AAAA or RecordType.DNSKEY or RecordType.DS ? rdata : Lower(rdata))).Distinct().Order(StringComparer.Ordinal))}";

    /// <summary>The reply with a number: always the same for the same seed.</summary>
    public (ToyQuery Query, byte[] Wire) Make(ulong seed, int index)
    {
        var random = new FuzzRandom(seed, index);
        var (query, honest) = _honest[random.Below(_honest.Count)];
        var reply = new ToyReply(query, honest.Id) { Flags = honest.Flags, Code = honest.Code };
        reply.Answers.AddRange(honest.Answers);
        reply.Authorities.AddRange(honest.Authorities);
        reply.Additionals.AddRange(honest.Additionals);
        // One in sixteen stays as it is: what is sound must be read.
        if (random.Below(16) == 0)
            return (query, reply.ToWire(65_535));
        for (var changes = random.Below(5); changes > 0; changes--)
            Change(reply, ref random);
        byte[] wire;
        try
        {
            wire = reply.ToWire(65_535);
        }
        catch (Exception unwritable) when (unwritable is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // A toy cannot write every data that a real attacker could; octets are turned below.
            wire = honest.ToWire(65_535);
        }

        for (var turns = random.Below(2) * random.Below(6); turns > 0; turns--)
            wire = Turn(wire, ref random);
        return (query, wire);
    }

    private void Add(SignedToyZone zone, DomainName name, RecordType type)
    {
        var query = new ToyQuery(name, type, false, false) { HasEdns = true, DnssecOk = true };
        var reply = new ToyReply(query, 1);
        DomainName? next = name;
        for (var i = 0; next is not null && i < 5 && next.IsAtOrBelow(zone.Apex); i++)
            next = zone.Answer(next, type, reply);
        _honest.Add((query, reply));
        foreach (var set in reply.Answers.Concat(reply.Authorities))
            Signed.Add(Line(set));
    }

    private void Change(ToyReply reply, ref FuzzRandom random)
    {
        var sections = new[] { reply.Answers, reply.Authorities, reply.Additionals };
        var section = sections[random.Below(3)];
        var at = random.Below(section.Count);
        switch (random.Below(section.Count == 0 ? 4 : 10))
        {
            case 0:
                reply.Code = (ResponseCode)random.Below(6);
                break;
            case 1:
                reply.Flags ^= (HeaderFlags)(1 << (4 + random.Below(8)));
                break;
            case 2:
                // A record from some other reply.
                var other = _honest[random.Below(_honest.Count)].Reply;
                section.AddRange(random.Below(2) == 0 ? other.Answers : other.Authorities);
                break;
            case 3:
                section.Add(new RRset(random.Of<DomainName>(Foreign), random.Of<RecordType>([RecordType.NS, RecordType.CNAME, RecordType.DNAME, RecordType.PTR]), 86_400, [random.Of<DomainName>(Foreign).Octets.ToArray()]));
                break;
            case 4:
                section[at] = section[at] with { Owner = random.Of<DomainName>(Foreign) };
                break;
            case 5:
                sections[random.Below(3)].Add(section[at]);
                break;
            case 6:
                section.RemoveAt(at);
                break;
            case 7:
                section[at] = new RRset(section[at].Owner, section[at].Type, random.Of<uint>([0, 1, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue]), section[at].Rdatas);
                break;
            case 8:
                section[at] = section[at] with { Rdatas = [.. section[at].Rdatas, Spoil(section[at].Rdatas[0], ref random)] };
                break;
            default:
                section[at] = section[at] with { Rdatas = [Spoil(section[at].Rdatas[0], ref random)] };
                break;
        }
    }

    private static byte[] Spoil(byte[] rdata, ref FuzzRandom random)
    {
        var spoiled = rdata.ToArray();
        if (spoiled.Length > 0)
            spoiled[random.Below(spoiled.Length)] ^= (byte)(1 << random.Below(8));
        return spoiled;
    }

    private static byte[] Turn(byte[] wire, ref FuzzRandom random)
    {
        if (wire.Length < 13)
            return wire;
        var at = random.Below(wire.Length);
        switch (random.Below(6))
        {
            case 0:
                return wire[..at];
            case 1:
                wire[at] ^= (byte)(1 << random.Below(8));
                return wire;
            case 2:
                wire[at] = random.Of<byte>([0, 1, 0x3F, 0x40, 0xC0, 0xFF]);
                return wire;
            case 3:
                wire[4 + random.Below(8)] = random.Of<byte>([0, 1, 2, 0xFF]);
                return wire;
            case 4:
                return [.. wire[..at], .. wire[random.Below(at)..]];
            default:
                return [.. wire[..at], .. wire[Math.Min(wire.Length, at + random.Below(20))..]];
        }
    }

    private static byte[] Lower(byte[] rdata) => [.. rdata.Select(octet => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet + 32) : octet)];
}
