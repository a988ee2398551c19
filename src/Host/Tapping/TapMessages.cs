using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Tapping;
using DnsGuard.Store;

namespace DnsGuard.Host.Tapping;

/// <summary>Exchanges → dnstap messages (dnstap.proto). One thread uses it.</summary>
/// <param name="identity">What this node calls itself.</param>
/// <param name="version">What runs here.</param>
/// <param name="names">What the numbers in records stand for.</param>
internal sealed class TapMessages(string identity, string version, PolicyNames names)
{
    /// <summary>No message is longer: a DNS message of 64 KiB, and what is told beside it.</summary>
    public const int MaxOctets = ushort.MaxValue + BesideOctets;

    private const int BesideOctets = 4_096;
    private const int MaxTextOctets = 512;
    private const ulong DnstapIsMessage = 1;
    private const ulong ClientQuery = 5;
    private const ulong ClientResponse = 6;
    private const ulong Inet = 1;
    private const ulong Inet6 = 2;

    private readonly byte[] _identity = Short(identity);
    private readonly byte[] _version = Short(version);
    private readonly byte[] _message = new byte[MaxOctets];
    private readonly byte[] _frame = new byte[MaxOctets];
    private readonly byte[] _text = new byte[MaxTextOctets];

    /// <summary>The query of an exchange; valid until the next call.</summary>
    public ReadOnlySpan<byte> Query(in TappedExchange exchange, ReadOnlySpan<byte> query)
    {
        var message = new ProtobufWriter(_message);
        message.Number(1, ClientQuery);
        WriteClient(ref message, exchange);
        message.Octets(10, query);
        return Wrap(_message.AsSpan(0, message.Length), default);
    }

    /// <summary>The response of an exchange, with what the policy said; valid until the next call.</summary>
    public ReadOnlySpan<byte> Response(in TappedExchange exchange, ReadOnlySpan<byte> response)
    {
        var message = new ProtobufWriter(_message);
        message.Number(1, ClientResponse);
        WriteClient(ref message, exchange);
        var nanoseconds = (exchange.Record.UnixMilliseconds * 1_000_000) + (exchange.Record.DurationMicroseconds * 1_000L);
        message.Number(12, (ulong)(nanoseconds / 1_000_000_000));
        message.Fixed(13, (uint)(nanoseconds % 1_000_000_000));
        message.Octets(14, response);
        if (!exchange.IsJudged)
            return Wrap(_message.AsSpan(0, message.Length), default);
        var record = exchange.Record;
        var group = names(record.Revision, record.Group, record.Rule, _text, out var ruleOctets);
        Span<byte> policy = stackalloc byte[MaxTextOctets * 2];
        message.Octets(15, policy[..TapPolicy.Write(policy, exchange.Record, response, _text.AsSpan(0, ruleOctets))]);
        return Wrap(_message.AsSpan(0, message.Length), group);
    }

    private static void WriteClient(ref ProtobufWriter message, in TappedExchange exchange)
    {
        Span<byte> address = stackalloc byte[16];
        address = address[..exchange.Record.Client.Write(address)];
        message.Number(2, address.Length == 4 ? Inet : Inet6);
        message.Number(3, exchange.Record.Transport switch { QueryTransport.Udp => 1, QueryTransport.Tcp => 2, QueryTransport.Tls => 3, _ => 4 });
        message.Octets(4, address);
        if (exchange.Port != 0)
            message.Number(6, exchange.Port);
        message.Number(8, (ulong)(exchange.Record.UnixMilliseconds / 1_000));
        message.Fixed(9, (uint)(exchange.Record.UnixMilliseconds % 1_000 * 1_000_000));
    }

    // The envelope, and in its annotation the client's group, for which dnstap has no field.
    private ReadOnlySpan<byte> Wrap(ReadOnlySpan<byte> message, string? group)
    {
        var frame = new ProtobufWriter(_frame);
        frame.Octets(1, _identity);
        frame.Octets(2, _version);
        if (group is not null)
        {
            Span<byte> extra = stackalloc byte[MaxTextOctets];
            frame.Octets(3, extra[..Encoding.ASCII.GetBytes($"group={group[..Math.Min(group.Length, MaxTextOctets / 2)]}", extra)]);
        }

        frame.Octets(14, message);
        frame.Number(15, DnstapIsMessage);
        return _frame.AsSpan(0, frame.Length);
    }

    private static byte[] Short(string text) => Encoding.UTF8.GetBytes(text.Length <= MaxTextOctets / 4 ? text : text[..(MaxTextOctets / 4)]);
}
