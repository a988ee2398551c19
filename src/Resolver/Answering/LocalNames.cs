using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>Names that are answered here whatever the policy says, since they never mean another host (RFC 6761).</summary>
internal static class LocalNames
{
    private const uint TtlSeconds = 3_600;

    /// <summary>Answers a local name; 0 where the name is not one.</summary>
    /// <param name="name">The canonical QNAME.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="frame">What of the query comes back.</param>
    /// <param name="options">The data plane's options.</param>
    /// <param name="response">Where the answer goes.</param>
    public static int Answer(ReadOnlySpan<byte> name, RecordType type, in ReplyFrame frame, ResolverOptions options, Span<byte> response)
    {
        // RFC 6761 §6.3: localhost and everything below is loopback.
        if (EndsWith(name, "\x09localhost\0"u8))
        {
            return type switch
            {
                RecordType.A => Responses.Single(frame, type, TtlSeconds, [127, 0, 0, 1], options, response),
                RecordType.AAAA => Responses.Single(frame, type, TtlSeconds, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], options, response),
                _ => Responses.Negative(frame, ResponseCode.NoError, options, response),
            };
        }

        // RFC 6303 §4: the reverse names of loopback.
        if (type is RecordType.PTR && (name.SequenceEqual("\x01\x31\x01\x30\x01\x30\x03\x31\x32\x37\x07in-addr\x04\x61rpa\0"u8) || IsLoopback6(name)))
            return Responses.Single(frame, type, TtlSeconds, "\x09localhost\0"u8, options, response);
        // RFC 6761 §6.4: invalid names do not exist.
        return EndsWith(name, "\x07invalid\0"u8) ? Responses.Negative(frame, ResponseCode.NameError, options, response) : Responses.Nothing;
    }

    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix)
    {
        var at = 0;
        while (name.Length - at > suffix.Length)
            at += name[at] + 1;
        return name[at..].SequenceEqual(suffix);
    }

    private static bool IsLoopback6(ReadOnlySpan<byte> name)
    {
        // 1.0.0….0.ip6.arpa: 32 labels of one digit.
        if (name.Length != 74 || !name[64..].SequenceEqual("\x03ip6\x04\x61rpa\0"u8) || name[1] != '1')
            return false;
        for (var at = 2; at < 64; at += 2)
        {
            if (name[at] != 1 || name[at + 1] != '0')
                return false;
        }

        return true;
    }
}
