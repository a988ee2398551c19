using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Host.Tapping;

/// <summary>What the policy said of a query, as dnstap's <c>Policy</c> message.</summary>
internal static class TapPolicy
{
    /// <summary>Writes it.</summary>
    /// <param name="to">Room for it, 1 KiB.</param>
    /// <param name="record">What was said.</param>
    /// <param name="response">The octets that left.</param>
    /// <param name="rule">The deciding rule's name in UTF-8; empty where none decided.</param>
    /// <returns>How many octets.</returns>
    public static int Write(Span<byte> to, in QueryRecord record, ReadOnlySpan<byte> response, ReadOnlySpan<byte> rule)
    {
        var policy = new ProtobufWriter(to);
        policy.Octets(1, "dnsguard"u8);
        policy.Octets(2, rule.IsEmpty ? Reason(record.Reason) : rule);
        if (Action(record, response) is var action and not PolicyAction.None)
            policy.Number(3, (ulong)action);
        var match = Match(record.Reason);
        policy.Number(4, (ulong)match);
        Span<byte> address = stackalloc byte[16];
        if (match is PolicyMatch.ClientAddress)
            policy.Octets(5, address[..record.Client.Write(address)]);
        else if (match is PolicyMatch.QueryName && WireName.LengthOf(response[Math.Min(MessageHeader.Octets, response.Length)..]) is var octets and > 0)
            policy.Octets(5, response.Slice(MessageHeader.Octets, octets));
        return policy.Length;
    }

    // What a client was told decides, not what was meant: a sinkhole's addresses are data of ours, an empty answer is none.
    private static PolicyAction Action(in QueryRecord record, ReadOnlySpan<byte> response)
    {
        if (record.Outcome is Outcome.Allowed or Outcome.Audited)
            return record.Source is AnswerSource.Local ? PolicyAction.LocalData : PolicyAction.Pass;
        if (response.Length < MessageHeader.Octets)
            return PolicyAction.None;
        var header = MessageHeader.Read(response);
        return ((ResponseCode)((int)header.Flags & 0xF), header.Answers) switch
        {
            (ResponseCode.NameError, _) => PolicyAction.NameError,
            (ResponseCode.NoError, 0) => PolicyAction.NoData,
            (ResponseCode.NoError, _) => PolicyAction.LocalData,
            _ => PolicyAction.None,
        };
    }

    private static PolicyMatch Match(VerdictReason reason) => reason switch
    {
        VerdictReason.UnknownClient => PolicyMatch.ClientAddress,
        VerdictReason.Rebinding => PolicyMatch.ResponseAddress,
        _ => PolicyMatch.QueryName,
    };

    // Where no rule decided, what did: in the words of the query log.
    private static ReadOnlySpan<byte> Reason(VerdictReason reason) => reason switch
    {
        VerdictReason.AllowRule => "allow-rule"u8,
        VerdictReason.DenyRule => "deny-rule"u8,
        VerdictReason.TypeNotAllowed => "type-not-allowed"u8,
        VerdictReason.Expired => "expired"u8,
        VerdictReason.UnknownClient => "unknown-client"u8,
        VerdictReason.Rebinding => "rebinding"u8,
        VerdictReason.AliasNotAllowed => "alias-not-allowed"u8,
        VerdictReason.Tunnel => "tunnel"u8,
        _ => "no-rule"u8,
    };

    // The numbers of dnstap.proto. REFUSED has none.
    private enum PolicyAction
    {
        None = 0,
        NameError = 1,
        NoData = 2,
        Pass = 3,
        LocalData = 6,
    }

    private enum PolicyMatch
    {
        QueryName = 1,
        ClientAddress = 2,
        ResponseAddress = 3,
    }
}
