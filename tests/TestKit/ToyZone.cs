using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Text;

namespace DnsGuard.TestKit;

/// <summary>A zone from master-file text, answered from as an authoritative server does (RFC 1034 §4.3.2). Wildcards and signatures are left out.</summary>
public sealed class ToyZone
{
    private readonly Dictionary<(DomainName, RecordType), RRset> _sets;

    /// <summary>Reads a zone; relative names are relative to the apex, and an SOA is made up where the text has none.</summary>
    public ToyZone(string apex, string text)
    {
        Apex = DomainName.Parse(apex);
        var soa = text.Contains("SOA", StringComparison.Ordinal) || text.Length == 0 ? "" : "@ 300 IN SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 60\n";
        _sets = MasterFileReader.Read(soa + text, Apex).ToDictionary(set => (set.Owner, set.Type));
    }

    public DomainName Apex { get; }

    /// <summary>Adds what the zone says about a question; returns the name to go on with where it is an alias.</summary>
    public DomainName? Answer(DomainName name, RecordType type, ToyReply reply)
    {
        reply.Flags |= HeaderFlags.Authoritative;
        for (var labels = Apex.LabelCount + 1; labels <= name.LabelCount; labels++)
        {
            var owner = name.Ancestor(labels);
            if (Find(owner, RecordType.NS) is { } delegation && !(type is RecordType.DS && owner.Equals(name)))
                return Refer(delegation, reply);
            if (labels < name.LabelCount && Find(owner, RecordType.DNAME) is { } dname)
                return Rename(dname, name, reply);
        }

        if (type is not RecordType.CNAME && Find(name, RecordType.CNAME) is { } alias)
        {
            reply.Answers.Add(alias);
            return DomainName.FromWire(alias.Rdatas[0]);
        }

        if (Find(name, type) is { } records)
            reply.Answers.Add(records);
        else
            Deny(name, reply);
        return null;
    }

    private RRset? Find(DomainName name, RecordType type) => _sets.GetValueOrDefault((name, type));

    private DomainName? Refer(RRset delegation, ToyReply reply)
    {
        if (reply.Answers.Count == 0)
            reply.Flags &= ~HeaderFlags.Authoritative;
        reply.Authorities.Add(delegation);
        foreach (var server in delegation.Rdatas.Select(rdata => DomainName.FromWire(rdata)))
        {
            foreach (var type in new[] { RecordType.A, RecordType.AAAA })
            {
                if (Find(server, type) is { } glue)
                    reply.Additionals.Add(glue);
            }
        }

        return null;
    }

    private static DomainName Rename(RRset dname, DomainName name, ToyReply reply)
    {
        var front = name.ToString()[..^(dname.Owner.ToString().Length + 1)];
        var target = DomainName.Parse($"{front}.{DomainName.FromWire(dname.Rdatas[0])}");
        reply.Answers.Add(dname);
        reply.Answers.Add(new RRset(name, RecordType.CNAME, dname.Ttl, [target.Octets.ToArray()]));
        return target;
    }

    private void Deny(DomainName name, ToyReply reply)
    {
        // RFC 8020: a name that only has names below it exists, though it has no data.
        if (!_sets.Keys.Any(key => key.Item1.IsAtOrBelow(name)))
            reply.Code = ResponseCode.NameError;
        if (Find(Apex, RecordType.SOA) is { } soa)
            reply.Authorities.Add(soa);
    }
}
