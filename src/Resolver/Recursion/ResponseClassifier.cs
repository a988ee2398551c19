using DnsGuard.Resolver.Upstream;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>What a response amounts to.</summary>
internal enum ResponseKind
{
    /// <summary>It has the records.</summary>
    Answer,

    /// <summary>It says that the name is an alias.</summary>
    Alias,

    /// <summary>It names servers closer to the name.</summary>
    Referral,

    /// <summary>The name exists, but has no such records (RFC 2308 §2.2).</summary>
    NoData,

    /// <summary>The name does not exist (RFC 2308 §2.1).</summary>
    NameError,

    /// <summary>Nothing to go on with: another server must be asked.</summary>
    Useless,
}

/// <summary>Response → what to do next. Pure: a look at sections and flags, no state.</summary>
internal static class ResponseClassifier
{
    /// <summary>Judges a response to a question that was asked of a zone's servers.</summary>
    /// <param name="response">The response.</param>
    /// <param name="name">The QNAME.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="zone">The zone whose servers were asked.</param>
    /// <param name="isForwarder">Was a forwarder asked? Then there are no referrals, and authority does not matter.</param>
    public static ResponseKind Classify(UpstreamResponse response, DomainName name, RecordType type, DomainName zone, bool isForwarder)
    {
        if (response.Code is not (ResponseCode.NoError or ResponseCode.NameError))
            return ResponseKind.Useless;
        // RFC 6672 §2.4: below a DNAME there is nothing but what it leads to, the CNAME that was asked for included.
        if (AliasChain.DnameAbove(response.Answers, name) is not null)
            return ResponseKind.Alias;
        if (Has(response.Answers, name, type))
            return ResponseKind.Answer;
        if (Has(response.Answers, name, RecordType.CNAME))
            return ResponseKind.Alias;
        if (response.Code is ResponseCode.NameError)
            return response.IsAuthoritative || isForwarder ? ResponseKind.NameError : ResponseKind.Useless;
        if (isForwarder)
            return ResponseKind.NoData;
        // A referral leads down, towards the name: below the zone asked, at or above the name. Anything else is lame.
        // RFC 2308 §2.2: name servers without an SOA are no NODATA, whatever authority the server claims.
        if (Delegation(response, name, zone) is not null && !(response.IsAuthoritative && response.Authorities.Any(set => set.Type is RecordType.SOA)))
            return ResponseKind.Referral;
        return response.IsAuthoritative ? ResponseKind.NoData : ResponseKind.Useless;
    }

    /// <summary>The NS records of a referral.</summary>
    public static RRset? Delegation(UpstreamResponse response, DomainName name, DomainName zone) =>
        response.Authorities.FirstOrDefault(set => set.Type is RecordType.NS && !set.Owner.Equals(zone) && set.Owner.IsAtOrBelow(zone) && name.IsAtOrBelow(set.Owner));

    private static bool Has(IReadOnlyList<RRset> section, DomainName name, RecordType type)
    {
        for (var i = 0; i < section.Count; i++)
        {
            if (section[i].Type == type && section[i].Owner.Equals(name))
                return true;
        }

        return false;
    }
}
