using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Upstream;

/// <summary>One question, one server: over UDP, or over TCP when the answer was cut.</summary>
/// <remarks>
/// Each question has a socket of its own, connected and on a port that the kernel draws at random, and a random ID: an off-path forger
/// has to hit both (RFC 5452). A connected socket also learns at once when nobody listens.
/// </remarks>
internal sealed class UpstreamExchange(ResolverOptions options, TimeProvider time, ResolverMetrics metrics)
{
    private const int SolSocket = 1;
    private const int SoMark = 36;

    /// <summary>Asks over UDP.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="name">What for.</param>
    /// <param name="type">Which type.</param>
    /// <param name="recursionDesired">Is this a forwarder, who shall do the work?</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancel">Ends the wait early; throws then.</param>
    public async ValueTask<(ExchangeStatus Status, UpstreamResponse? Response, TimeSpan RoundTrip)> AskAsync(
        IPEndPoint server, DomainName name, RecordType type, bool recursionDesired, TimeSpan timeout, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        var buffer = ArrayPool<byte>.Shared.Rent(options.UdpPayloadOctets + 1);
        try
        {
            var (id, octets) = WriteQuery(buffer, name, type, recursionDesired);
            metrics.UpstreamQuery();
            var received = await OverUdpAsync(server, buffer, octets, id, name, type, timeout, cancel).ConfigureAwait(false);
            var roundTrip = time.GetElapsedTime(start);
            if (received < 0)
            {
                metrics.UpstreamFailure();
                return (received == Silence ? ExchangeStatus.TimedOut : ExchangeStatus.Unreachable, null, roundTrip);
            }

            if (received >= MessageHeader.Octets && (MessageHeader.Read(buffer).Flags & HeaderFlags.Truncated) != 0)
                return (ExchangeStatus.Truncated, null, roundTrip);
            var error = UpstreamResponse.Read(buffer.AsSpan(0, received), options.MaxRecordsPerRRset, out var response);
            return (error is ParseError.None ? ExchangeStatus.Answered : ExchangeStatus.Malformed, response, roundTrip);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private const int Silence = -1;
    private const int Refusal = -2;

    private async ValueTask<int> OverUdpAsync(IPEndPoint server, byte[] buffer, int octets, ushort id, DomainName name, RecordType type, TimeSpan timeout, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(timeout);
        try
        {
            // Inside: a system without IPv6 has no socket for a server that has it, and the next server must get its turn.
            using var socket = Open(server, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(server, deadline.Token).ConfigureAwait(false);
            await socket.SendAsync(buffer.AsMemory(0, octets), SocketFlags.None, deadline.Token).ConfigureAwait(false);
            for (var strays = 0; strays < MaxStrays; strays++)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, deadline.Token).ConfigureAwait(false);
                if (UpstreamResponse.Matches(buffer.AsSpan(0, received), id, name, type))
                    return received;
                metrics.StrayResponse();
            }

            return Silence;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Silence;
        }
        catch (SocketException)
        {
            return Refusal;
        }
    }

    /// <summary>How many datagrams that do not match are looked past. A flood of them is a forger at work; the next server is asked instead.</summary>
    private const int MaxStrays = 16;

    /// <summary>Asks over TCP; the parameters are those of <see cref="AskAsync"/>.</summary>
    public async ValueTask<(ExchangeStatus Status, UpstreamResponse? Response, TimeSpan RoundTrip)> AskOverTcpAsync(
        IPEndPoint server, DomainName name, RecordType type, bool recursionDesired, TimeSpan timeout, CancellationToken cancel)
    {
        metrics.UpstreamTcp();
        var start = time.GetTimestamp();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(timeout);
        try
        {
            using var socket = Open(server, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server, deadline.Token).ConfigureAwait(false);
            var query = new byte[2 + 512];
            var (id, octets) = WriteQuery(query.AsSpan(2), name, type, recursionDesired);
            BinaryPrimitives.WriteUInt16BigEndian(query, (ushort)octets);
            await socket.SendAsync(query.AsMemory(0, octets + 2), SocketFlags.None, deadline.Token).ConfigureAwait(false);
            using var stream = new NetworkStream(socket, ownsSocket: false);
            var length = new byte[2];
            await stream.ReadExactlyAsync(length, deadline.Token).ConfigureAwait(false);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(message, deadline.Token).ConfigureAwait(false);
            UpstreamResponse? response = null;
            var isRead = UpstreamResponse.Matches(message, id, name, type) && UpstreamResponse.Read(message, options.MaxRecordsPerRRset, out response) is ParseError.None;
            return (isRead ? ExchangeStatus.Answered : ExchangeStatus.Malformed, response, time.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (ExchangeStatus.TimedOut, null, timeout);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return (ExchangeStatus.Unreachable, null, time.GetElapsedTime(start));
        }
    }

    private Socket Open(IPEndPoint server, SocketType socketType, ProtocolType protocol)
    {
        var socket = new Socket(server.AddressFamily, socketType, protocol);
        if (options.UpstreamMark != 0)
        {
            Span<byte> mark = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(mark, options.UpstreamMark);
            socket.SetRawSocketOption(SolSocket, SoMark, mark);
        }

        return socket;
    }

    private (ushort Id, int Octets) WriteQuery(Span<byte> buffer, DomainName name, RecordType type, bool recursionDesired)
    {
        Span<byte> random = stackalloc byte[2];
        RandomNumberGenerator.Fill(random);
        var id = BinaryPrimitives.ReadUInt16BigEndian(random);
        var writer = new MessageWriter(buffer, []);
        writer.WriteQuestion(name.Octets, type, RecordClass.Internet);
        writer.WriteEdns((ushort)options.UdpPayloadOctets, dnssecOk: false);
        return (id, writer.Finish(id, recursionDesired ? HeaderFlags.RecursionDesired : HeaderFlags.None, ResponseCode.NoError));
    }
}
