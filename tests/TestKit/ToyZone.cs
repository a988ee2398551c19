using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Text;

namespace DnsGuard.TestKit;

/// <summary>A zone from master-file text, answered from as an authoritative server does (RFC 1034 §4.3.2), wildcards as RFC 4592 has them.</summary>
/// <remarks>Unsigned by itself; <see cref="SignedToyZone"/> adds signatures and proofs at the places left open here.</remarks>
public class ToyZone
{
    /// <summary>YXDOMAIN: the new name would be too long (RFC 6672 §2.2).</summary>
    private const ResponseCode NameTooLong = (ResponseCode)6;

    /// <summary>Reads a zone; relative names are relative to the apex, and an SOA is made up where the text has none.</summary>
    public ToyZone(string apex, string text)
    {
        Apex = DomainName.Parse(apex);
        var soa = text.Contains("SOA", StringComparison.Ordinal) || text.Length == 0 ? "" : "@ 300 IN SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 60\n";
        Sets = MasterFileReader.Read(soa + text, Apex).ToDictionary(set => (set.Owner, set.Type));
    }

    public DomainName Apex { get; }

    /// <summary>All records of the zone.</summary>
    protected Dictionary<(DomainName Owner, RecordType Type), RRset> Sets { get; }

    /// <summary>Adds what the zone says about a question; returns the name to go on with where it is an alias.</summary>
    public DomainName? Answer(DomainName name, RecordType type, ToyReply reply)
    {
        reply.Flags |= HeaderFlags.Authoritative;
        for (var labels = Apex.LabelCount; labels <= name.LabelCount; labels++)
        {
            var owner = name.Ancestor(labels);
            if (!owner.Equals(Apex) && Find(owner, RecordType.NS) is { } delegation && !(type is RecordType.DS && owner.Equals(name)))
                return Refer(delegation, reply);
            if (labels < name.LabelCount && Find(owner, RecordType.DNAME) is { } dname)
                return Rename(dname, name, reply);
        }

        if (Exists(name))
            return AnswerFrom(name, name, type, reply);
        var closest = name.Parent;
        while (!Exists(closest) && !closest.Equals(Apex))
            closest = closest.Parent;
        // RFC 4592 §3.3.1: the source of synthesis stands directly below the closest encloser, nowhere else.
        if (closest.Prepend("*"u8) is { } wildcard && Exists(wildcard))
            return AnswerFrom(wildcard, name, type, reply);

        reply.Code = ResponseCode.NameError;
        AddSoa(reply);
        ProveNoName(name, closest, reply);
        return null;
    }

    /// <summary>The records of an owner with a type.</summary>
    protected virtual RRset? Find(DomainName name, RecordType type) => Sets.GetValueOrDefault((name, type));

    /// <summary>Adds a set to a section of a reply.</summary>
    /// <param name="section">The section.</param>
    /// <param name="set">The records under the owner they are sent with.</param>
    /// <param name="source">The owner they have in the zone: a wildcard, where the answer is synthesised.</param>
    /// <param name="reply">The reply.</param>
    protected virtual void Put(List<RRset> section, RRset set, DomainName source, ToyReply reply) => section.Add(set);

    /// <summary>Adds the proof that a name exists without the type asked for.</summary>
    protected virtual void ProveNoData(DomainName name, ToyReply reply)
    {
    }

    /// <summary>Adds the proof that neither a name nor a wildcard for it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="closest">Its closest encloser.</param>
    /// <param name="reply">The reply.</param>
    protected virtual void ProveNoName(DomainName name, DomainName closest, ToyReply reply)
    {
    }

    /// <summary>Adds the proof that a name does not exist itself, beside what a wildcard gave for it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="wildcard">The wildcard.</param>
    /// <param name="hasData">Has the wildcard the type asked for?</param>
    /// <param name="reply">The reply.</param>
    protected virtual void ProveExpansion(DomainName name, DomainName wildcard, bool hasData, ToyReply reply)
    {
    }

    /// <summary>Adds to a referral what the zone says about the child's security.</summary>
    protected virtual void ProveDelegation(DomainName cut, ToyReply reply)
    {
    }

    private DomainName? AnswerFrom(DomainName source, DomainName name, RecordType type, ToyReply reply)
    {
        var alias = type is RecordType.CNAME ? null : Find(source, RecordType.CNAME);
        if (alias is not null && type is RecordType.NSEC or RecordType.RRSIG)
            alias = null;
        var found = alias ?? Find(source, type);
        if (found is null)
            AddSoa(reply);
        else
            Put(reply.Answers, source.Equals(name) ? found : found with { Owner = name }, source, reply);

        if (!source.Equals(name))
            ProveExpansion(name, source, found is not null, reply);
        else if (found is null)
            ProveNoData(name, reply);
        return alias is null ? null : DomainName.FromWire(alias.Rdatas[0]);
    }

    private DomainName? Refer(RRset delegation, ToyReply reply)
    {
        if (reply.Answers.Count == 0)
            reply.Flags &= ~HeaderFlags.Authoritative;
        Put(reply.Authorities, delegation, delegation.Owner, reply);
        ProveDelegation(delegation.Owner, reply);
        foreach (var server in delegation.Rdatas.Select(rdata => DomainName.FromWire(rdata)))
        {
            foreach (var type in new[] { RecordType.A, RecordType.AAAA })
            {
                if (Find(server, type) is { } glue)
                    Put(reply.Additionals, glue, glue.Owner, reply);
            }
        }

        return null;
    }

    private DomainName? Rename(RRset dname, DomainName name, ToyReply reply)
    {
        byte[] octets = [.. name.Octets[..^dname.Owner.Octets.Length], .. dname.Rdatas[0]];
        Put(reply.Answers, dname, dname.Owner, reply);
        if (!DomainName.TryFromWire(octets, out var target))
        {
            reply.Code = NameTooLong;
            return null;
        }

        // Synthesised, so no zone could have signed it (RFC 6672 §5.3.1).
        reply.Answers.Add(new RRset(name, RecordType.CNAME, dname.Ttl, [target.Octets.ToArray()]));
        return target;
    }

    // RFC 8020: a name that only has names below it exists, though it has no data.
    private bool Exists(DomainName name) => name.Equals(Apex) || Sets.Keys.Any(key => key.Owner.IsAtOrBelow(name));

    private void AddSoa(ToyReply reply)
    {
        if (Find(Apex, RecordType.SOA) is { } soa)
            Put(reply.Authorities, soa, soa.Owner, reply);
    }
}
