using DnsGuard.Dnssec;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.Recursion;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Granting;

/// <summary>Resolution → what a group may see of it: families, protected ranges, hints, ECH, aliases. Pure.</summary>
/// <remarks>Whatever address is left in the answer is listed for granting; an address that is neither granted nor stripped would be a leak waiting to be reported.</remarks>
internal sealed class AnswerShaper(ResolverOptions options)
{
    /// <summary>Shapes an answer.</summary>
    /// <param name="resolution">What was found.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="snapshot">The policy that judged the question.</param>
    /// <param name="group">Whose answer it is.</param>
    /// <param name="rule">What the deciding rules say together.</param>
    /// <param name="unixSeconds">Now, for judging aliases.</param>
    public ShapedAnswer Shape(Resolution resolution, RecordType type, PolicySnapshot snapshot, GroupSnapshot group, EffectiveRule rule, long unixSeconds)
    {
        List<DomainName> aliases = [.. resolution.AliasTargets];
        if (group.Document.Aliases is AliasPolicy.Inspect && !group.IsAudit
            && aliases.Exists(alias => !snapshot.DecideForGroup(alias.Octets, type, group.Index, unixSeconds).IsAnswered))
        {
            return Blocked(VerdictReason.AliasNotAllowed, aliases);
        }

        var addresses = new List<InternetAddress>();
        var answers = new List<RRset>(resolution.Answers.Count);
        var (dropped, isChanged) = (false, false);
        foreach (var set in resolution.Answers)
        {
            var kept = new List<byte[]>(set.Rdatas.Count);
            // Signatures hold for what the zone signed, not for what we have made of it.
            var isWhole = true;
            foreach (var rdata in set.Rdatas)
            {
                var own = Keep(set.Type, rdata, group.Document, rule, addresses);
                isWhole &= own is not null && own.AsSpan().SequenceEqual(rdata);
                if (own is not null)
                    kept.Add(own);
            }

            dropped |= kept.Count < set.Rdatas.Count && AddressRdata.IsAddress(set.Type) && IsFamilyWanted(set.Type, group.Document.Families);
            isChanged |= !isWhole;
            if (kept.Count > 0)
                answers.Add(isWhole ? set : new RRset(set.Owner, set.Type, set.Ttl, kept));
        }

        if (dropped && addresses.Count == 0)
            return Blocked(VerdictReason.Rebinding, aliases);
        var ttl = resolution.Soa?.Ttl ?? uint.MaxValue;
        foreach (var set in answers)
            ttl = Math.Min(ttl, set.Ttl);
        // A negative answer without SOA, and one whose records were all of an unwanted family, may be kept only briefly.
        return new ShapedAnswer(resolution.Code, answers, resolution.Authorities, addresses.Count <= 1 ? addresses : [.. addresses.Distinct()], aliases, ttl == uint.MaxValue ? (uint)options.FailureTtl.TotalSeconds : ttl, resolution.Error, null)
        {
            IsAuthentic = resolution.Status is SecurityStatus.Secure && !isChanged && !resolution.IsStale,
            IsStale = resolution.IsStale,
        };
    }

    private static ShapedAnswer Blocked(VerdictReason reason, List<DomainName> aliases) =>
        new(ResponseCode.NameError, [], [], [], aliases, 0, ExtendedErrorCode.Blocked, reason);

    private static bool IsFamilyWanted(RecordType type, AddressFamilies families) => families switch
    {
        AddressFamilies.Ipv4 => type is not RecordType.AAAA,
        AddressFamilies.Ipv6 => type is not RecordType.A,
        _ => true,
    };

    // The record as the group may have it, or null. Addresses that stay are noted.
    private byte[]? Keep(RecordType type, byte[] rdata, GroupDocument group, EffectiveRule rule, List<InternetAddress> addresses)
    {
        switch (type)
        {
            case RecordType.A or RecordType.AAAA:
                var address = InternetAddress.FromOctets(rdata);
                // An AAAA record with a mapped IPv4 address would be judged as IPv4 here and connected to as IPv4 there: never honest.
                if (address.Type != type || !IsFamilyWanted(type, group.Families) || !(rule.AllowsPrivate || IsPublic(address)))
                    return null;
                addresses.Add(address);
                return rdata;
            case RecordType.SVCB or RecordType.HTTPS:
                return SvcbRdata.TryRead(rdata, out var svcb)
                    ? svcb.Rewrite(parameter => KeepParameter(parameter, group, rule, addresses)).ToWire()
                    : null;
            default:
                return rdata;
        }
    }

    private byte[]? KeepParameter(SvcbParameter parameter, GroupDocument group, EffectiveRule rule, List<InternetAddress> addresses)
    {
        switch (parameter.Key)
        {
            case SvcbKey.Ech:
                return group.Ech is EchPolicy.Allow ? parameter.Value : null;
            case SvcbKey.Ipv4Hint or SvcbKey.Ipv6Hint:
                var isIPv4 = parameter.Key is SvcbKey.Ipv4Hint;
                var hints = parameter.Value.Chunk(isIPv4 ? 4 : 16)
                    .Select(octets => Keep(isIPv4 ? RecordType.A : RecordType.AAAA, octets, group, rule, addresses))
                    .OfType<byte[]>().ToList();
                return hints.Count == 0 ? null : [.. hints.SelectMany(hint => hint)];
            default:
                return parameter.Value;
        }
    }

    private bool IsPublic(InternetAddress address)
    {
        foreach (var range in options.ProtectedRanges)
        {
            if (range.Contains(address))
                return false;
        }

        return true;
    }
}
