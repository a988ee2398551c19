using System.Buffers;
using System.Net.Sockets;
using System.Security.Authentication;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Upstream;

/// <summary>One question, one server: over UDP, or over a stream when the answer was cut or looked forged.</summary>
/// <remarks>
/// Each question has a socket of its own, connected and on a port that the kernel draws at random, a random ID, random letters and a
/// cookie: an off-path forger has to hit all of them (RFC 5452, RFC 7873). A connected socket also learns at once when nobody listens.
/// </remarks>
internal sealed class UpstreamExchange(ResolverOptions options, TimeProvider time, ResolverMetrics metrics, ServerTable servers) : IDisposable
{
    private readonly UpstreamStreams _streams = new(options, time);
    private readonly SemaphoreSlim _sockets = new(options.MaxUpstreamSockets);
    private readonly DnsCookies _cookies = new();

    /// <summary>Asks over UDP.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="question">What.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="left">How long the question may still take, the wait for a socket included.</param>
    /// <param name="cancel">Ends the wait early; throws then.</param>
    public async ValueTask<Exchange> AskAsync(UpstreamServer server, UpstreamQuestion question, TimeSpan timeout, TimeSpan left, CancellationToken cancel)
    {
        // The wait for a socket is ours, not the server's: its time starts when the question leaves.
        if (!await _sockets.WaitAsync(left, cancel).ConfigureAwait(false))
        {
            metrics.LimitHit(ResolverLimit.UpstreamSockets);
            return new Exchange(ExchangeStatus.NotSent, null, default);
        }

        var habits = servers.Habits(server.Endpoint);
        var query = Compose(server, question, habits, mixesCase: options.MixCase && habits.KeepsLetters);
        var buffer = ArrayPool<byte>.Shared.Rent(options.UdpPayloadOctets + 1);
        using var late = new CancellationTokenSource(timeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            metrics.UpstreamQuery();
            var start = time.GetTimestamp();
            var exchange = await OverUdpAsync(server, query, habits, buffer, deadline.Token).ConfigureAwait(false);
            return exchange with { RoundTrip = time.GetElapsedTime(start) };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            metrics.UpstreamFailure();
            return new Exchange(ExchangeStatus.TimedOut, null, timeout);
        }
        catch (SocketException failure)
        {
            metrics.UpstreamFailure();
            if (failure.SocketErrorCode is SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
                servers.HasNoWay(server.Endpoint.AddressFamily);
            return new Exchange(ExchangeStatus.Unreachable, null, TimeSpan.Zero);
        }
        finally
        {
            _sockets.Release();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Asks over TCP or TLS; the parameters are those of <see cref="AskAsync"/>, without the wait for a socket.</summary>
    public async ValueTask<Exchange> AskOverStreamAsync(UpstreamServer server, UpstreamQuestion question, TimeSpan timeout, CancellationToken cancel)
    {
        metrics.UpstreamTcp();
        var start = time.GetTimestamp();
        using var late = new CancellationTokenSource(timeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var habits = servers.Habits(server.Endpoint);
        var query = Compose(server, question, habits, mixesCase: options.MixCase && habits.KeepsLetters && server.Transport is UpstreamTransport.Udp);
        try
        {
            var message = await _streams.AskAsync(server, query, deadline.Token).ConfigureAwait(false);
            var match = query.Match(message);
            // Here no forger from afar can have changed them: this server does, and is asked without them for a while.
            if (match is MatchResult.OtherLetters)
                servers.Note(server.Endpoint, static known => known with { KeepsLetters = false });
            if (match is MatchResult.Stray || UpstreamResponse.Read(message, options.MaxRecordsPerRRset, out var response) is not ParseError.None)
                return new Exchange(ExchangeStatus.Malformed, null, time.GetElapsedTime(start));
            return new Exchange(NeedsPlain(query, response!) ? ExchangeStatus.NeedsPlain : ExchangeStatus.Answered, response, time.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            metrics.UpstreamFailure();
            return new Exchange(ExchangeStatus.TimedOut, null, timeout);
        }
        catch (Exception failure) when (failure is SocketException or IOException or AuthenticationException)
        {
            metrics.UpstreamFailure();
            return new Exchange(ExchangeStatus.Unreachable, null, time.GetElapsedTime(start));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _streams.Dispose();
        _sockets.Dispose();
    }

    private OutgoingQuery Compose(UpstreamServer server, in UpstreamQuestion question, ServerHabits habits, bool mixesCase)
    {
        var cookie = !options.UpstreamCookies || server.Transport is UpstreamTransport.Tls ? [] : habits.Cookie.Length > 0 ? habits.Cookie : _cookies.For(server.Endpoint);
        return new OutgoingQuery(question, mixesCase, habits.KnowsEdns ? options.UdpPayloadOctets : 0, dnssecOk: options.Validate, cookie);
    }

    private async ValueTask<Exchange> OverUdpAsync(UpstreamServer server, OutgoingQuery query, ServerHabits habits, byte[] buffer, CancellationToken cancel)
    {
        // Opened here: a system without IPv6 has no socket for a server that has it, and the next server must get its turn.
        using var socket = UpstreamSocket.Open(server.Endpoint, SocketType.Dgram, ProtocolType.Udp, options.UpstreamMark);
        await socket.ConnectAsync(server.Endpoint, cancel).ConfigureAwait(false);
        await socket.SendAsync(query.Octets, SocketFlags.None, cancel).ConfigureAwait(false);
        for (var misses = 0; misses < options.MaxNearMisses;)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(0, options.UdpPayloadOctets + 1), SocketFlags.None, cancel).ConfigureAwait(false);
            var match = query.Match(buffer.AsSpan(0, received));
            if (match is MatchResult.OtherLetters)
            {
                // A forger who guessed the rest, or a server that changes letters: a stream tells, and cannot be forged from afar. Until then letters stay
                // mixed, or one good guess would make all later ones easier.
                metrics.StrayResponse();
                return new Exchange(ExchangeStatus.OtherLetters, null, default);
            }

            // Longer than we said we take, so its end is lost: as good as cut.
            if (match is MatchResult.Exact && received > options.UdpPayloadOctets)
                return new Exchange(ExchangeStatus.NeedsStream, null, default);
            if (match is MatchResult.Exact && Take(server, query, habits, buffer.AsSpan(0, received)) is { } exchange)
                return exchange;
            // What does not match or cannot be read is passed over, and the wait goes on (TuDoor).
            metrics.StrayResponse();
            misses++;
        }

        // RFC 5452 §9.2: somebody is guessing. On a stream he would have to see the traffic.
        metrics.LimitHit(ResolverLimit.NearMisses);
        return new Exchange(ExchangeStatus.NeedsStream, null, default);
    }

    private Exchange? Take(UpstreamServer server, OutgoingQuery query, ServerHabits habits, ReadOnlySpan<byte> message)
    {
        if ((MessageHeader.Read(message).Flags & HeaderFlags.Truncated) != 0)
            return new Exchange(ExchangeStatus.NeedsStream, null, default);
        if (UpstreamResponse.Read(message, options.MaxRecordsPerRRset, out var response) is not ParseError.None)
            return null;
        if (query.ClientCookie.Length > 0)
        {
            // RFC 7873 §5.3: with a wrong cookie it is forged; without one too, if the server has given one before.
            var isOurs = response!.Cookie.AsSpan().StartsWith(query.ClientCookie);
            if (response.Cookie.Length > 0 ? !isOurs : habits.Cookie.Length > 0)
                return null;
            if (isOurs && response.Cookie.Length > DnsCookies.ClientOctets && !response.Cookie.AsSpan().SequenceEqual(habits.Cookie))
                servers.Note(server.Endpoint, known => known with { Cookie = response.Cookie });
            if (response.Code is ResponseCode.BadCookie)
                return new Exchange(ExchangeStatus.NeedsCookie, null, default);
        }

        return new Exchange(NeedsPlain(query, response!) ? ExchangeStatus.NeedsPlain : ExchangeStatus.Answered, response, default);
    }

    // RFC 6891 §7: a server from before EDNS says FORMERR or NOTIMP, and has no OPT record in its answer.
    private static bool NeedsPlain(OutgoingQuery query, UpstreamResponse response) =>
        query.HasEdns && !response.HasEdns && response.Code is ResponseCode.FormatError or ResponseCode.NotImplemented;
}
