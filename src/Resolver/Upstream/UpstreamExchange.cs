using System.Net.Sockets;
using System.Security.Authentication;
using DnsGuard.Resolver.Upstream.Ports;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Upstream;

/// <summary>One question, one server: over UDP, or over a stream when the answer was cut or looked forged.</summary>
/// <remarks>
/// A question leaves through a port that chance picks among many (<see cref="PortPool"/>), with a random ID, random letters and a cookie: an off-path
/// forger has to hit all of them (RFC 5452, RFC 7873).
/// </remarks>
internal sealed class UpstreamExchange : IPortListener, IDisposable
{
    private readonly ResolverOptions _options;
    private readonly TimeProvider _time;
    private readonly ResolverMetrics _metrics;
    private readonly ServerTable _servers;
    private readonly UpstreamStreams _streams;
    private readonly SemaphoreSlim _places;
    private readonly DnsCookies _cookies = new();
    private readonly PortPool _ports;

    /// <summary>Starts the threads that wait for answers; nothing is sent yet.</summary>
    public UpstreamExchange(ResolverOptions options, TimeProvider time, ResolverMetrics metrics, ServerTable servers)
    {
        (_options, _time, _metrics, _servers) = (options, time, metrics, servers);
        _streams = new UpstreamStreams(options, time);
        _places = new SemaphoreSlim(options.MaxUpstreamSockets);
        _ports = new PortPool(options, time, this);
        Health = new UpstreamHealth(time);
    }

    /// <summary>Does anybody answer at all?</summary>
    public UpstreamHealth Health { get; }

    /// <summary>The ports, for tests to look at.</summary>
    internal PortPool Ports => _ports;

    /// <summary>Asks over UDP.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="question">What.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="left">How long the question may still take, the wait for a place included.</param>
    /// <param name="cancel">Ends the wait early; throws then.</param>
    public async ValueTask<Exchange> AskAsync(UpstreamServer server, UpstreamQuestion question, TimeSpan timeout, TimeSpan left, CancellationToken cancel)
    {
        // The wait for a place is ours, not the server's: its time starts when the question leaves.
        if (!_places.Wait(0, CancellationToken.None) && !await _places.WaitAsync(left, cancel).ConfigureAwait(false))
        {
            _metrics.LimitHit(ResolverLimit.UpstreamSockets);
            return new Exchange(ExchangeStatus.NotSent, null, default);
        }

        try
        {
            _metrics.UpstreamQuery();
            var habits = _servers.Habits(server.Endpoint);
            var query = Compose(server, question, habits, mixesCase: _options.MixCase && habits.KeepsLetters);
            var start = _time.GetTimestamp();
            var open = new OpenQuestion(server.Endpoint, query, habits, server, start + QuestionClock.Stamps(timeout, _time));
            var answer = _ports.Ask(open, server.Endpoint.AddressFamily);
            using var cancelled = cancel.UnsafeRegister(static state => PortPool.Cancel((OpenQuestion)state!), open);
            var exchange = await answer.ConfigureAwait(false);
            if (exchange.Status is ExchangeStatus.TimedOut or ExchangeStatus.Unreachable)
            {
                _metrics.UpstreamFailure();
                Health.Failed();
            }
            else
            {
                Health.Answered();
            }

            return exchange with { RoundTrip = exchange.Status is ExchangeStatus.TimedOut ? timeout : exchange.Status is ExchangeStatus.Unreachable ? TimeSpan.Zero : _time.GetElapsedTime(start) };
        }
        catch (SocketException failure)
        {
            // A system without IPv6 has no socket for a server that has it, and the next server must get its turn.
            _metrics.UpstreamFailure();
            Health.Failed();
            NoteNoWay(server, failure.SocketErrorCode);
            return new Exchange(ExchangeStatus.Unreachable, null, TimeSpan.Zero);
        }
        catch (ObjectDisposedException)
        {
            // The server stops.
            throw new OperationCanceledException();
        }
        finally
        {
            GiveBackPlace();
        }
    }

    /// <summary>Asks over TCP or TLS; the parameters are those of <see cref="AskAsync"/>, without the wait for a socket.</summary>
    public async ValueTask<Exchange> AskOverStreamAsync(UpstreamServer server, UpstreamQuestion question, TimeSpan timeout, CancellationToken cancel)
    {
        _metrics.UpstreamTcp();
        var start = _time.GetTimestamp();
        using var late = new CancellationTokenSource(timeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var habits = _servers.Habits(server.Endpoint);
        var query = Compose(server, question, habits, mixesCase: _options.MixCase && habits.KeepsLetters && server.Transport is UpstreamTransport.Udp);
        try
        {
            var message = await _streams.AskAsync(server, query, deadline.Token).ConfigureAwait(false);
            var match = query.Match(message);
            // Here no forger from afar can have changed them: this server does, and is asked without them for a while.
            if (match is MatchResult.OtherLetters)
                _servers.Note(server.Endpoint, static known => known with { KeepsLetters = false });
            if (match is MatchResult.Stray || UpstreamResponse.Read(message, _options.MaxRecordsPerRRset, out var response) is not ParseError.None)
                return new Exchange(ExchangeStatus.Malformed, null, _time.GetElapsedTime(start));
            return new Exchange(NeedsPlain(query, response!) ? ExchangeStatus.NeedsPlain : ExchangeStatus.Answered, response, _time.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            _metrics.UpstreamFailure();
            return new Exchange(ExchangeStatus.TimedOut, null, timeout);
        }
        catch (Exception failure) when (failure is SocketException or IOException or AuthenticationException)
        {
            _metrics.UpstreamFailure();
            return new Exchange(ExchangeStatus.Unreachable, null, _time.GetElapsedTime(start));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _streams.Dispose();
        _ports.Dispose();
        _places.Dispose();
    }

    private void GiveBackPlace()
    {
        try
        {
            _places.Release();
        }
        catch (ObjectDisposedException)
        {
            // The server stops, and nobody waits for the place.
        }
    }

    private OutgoingQuery Compose(UpstreamServer server, in UpstreamQuestion question, ServerHabits habits, bool mixesCase)
    {
        var cookie = !_options.UpstreamCookies || server.Transport is UpstreamTransport.Tls ? [] : habits.Cookie.Length > 0 ? habits.Cookie : _cookies.For(server.Endpoint);
        return new OutgoingQuery(question, mixesCase, habits.KnowsEdns ? _options.UdpPayloadOctets : 0, dnssecOk: _options.Validate, cookie);
    }

    /// <inheritdoc/>
    public void Arrived(UpstreamPort port, ReadOnlySpan<byte> from, ReadOnlySpan<byte> datagram)
    {
        var id = datagram.Length < MessageHeader.Octets ? (ushort)0 : MessageHeader.Read(datagram).Id;
        var wasUsed = false;
        if (datagram.Length < MessageHeader.Octets || port.Find(id, out wasUsed) is not { } question)
        {
            _metrics.StrayResponse();
            // A late answer to an earlier question is innocent; any other ID is somebody's guess at what is out to that server.
            if (!wasUsed)
                CountMiss(port, from);
            return;
        }

        // The right ID at the right port, from somebody who was not asked.
        if (!SocketAddressOctets.AreSame(from, question.Address))
        {
            _metrics.StrayResponse();
            return;
        }

        try
        {
            if (Judge(question, datagram) is { } exchange)
                End(question, exchange);
            else
                Miss(question);
        }
        catch (Exception mistake) when (port.TryTake(question))
        {
            // A mistake of ours costs the one question that met it, and is told by whoever asked it.
            question.FailLater(mistake);
        }
    }

    /// <inheritdoc/>
    public void Refused(UpstreamPort port, ReadOnlySpan<byte> to, ReadOnlySpan<byte> sent, int error)
    {
        // A smaller path than we thought: queries are far below the least there is, so it is another's datagram or a lie.
        if (error == PortCalls.MessageTooLong)
            return;
        foreach (var question in Towards(port, to))
        {
            // Where the network returned the datagram, it tells which one it was.
            if (sent.Length >= 2 && (ushort)((sent[0] << 8) | sent[1]) != question.Query.Id)
                continue;
            NoteNoWay(question.Server, Posix.ToSocketError(error));
            End(question, new Exchange(ExchangeStatus.Unreachable, null, default));
        }
    }

    private void NoteNoWay(UpstreamServer server, SocketError error)
    {
        if (error is SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
            _servers.HasNoWay(server.Endpoint.AddressFamily);
    }

    private static List<OpenQuestion> Towards(UpstreamPort port, ReadOnlySpan<byte> server)
    {
        var open = new List<OpenQuestion>();
        port.Collect(open);
        for (var i = open.Count - 1; i >= 0; i--)
        {
            if (!SocketAddressOctets.AreSame(server, open[i].Address))
                open.RemoveAt(i);
        }

        return open;
    }

    private void CountMiss(UpstreamPort port, ReadOnlySpan<byte> from)
    {
        foreach (var question in Towards(port, from))
            CountMiss(question);
    }

    // What does not match or cannot be read is passed over, and the wait goes on (TuDoor).
    private void Miss(OpenQuestion question)
    {
        _metrics.StrayResponse();
        CountMiss(question);
    }

    private void CountMiss(OpenQuestion question)
    {
        if (++question.Misses < _options.MaxNearMisses)
            return;
        // RFC 5452 §9.2: somebody is guessing. On a stream he would have to see the traffic.
        if (End(question, new Exchange(ExchangeStatus.NeedsStream, null, default)))
            _metrics.LimitHit(ResolverLimit.NearMisses);
    }

    private static bool End(OpenQuestion question, in Exchange exchange)
    {
        if (!question.Port!.TryTake(question))
            return false;
        question.SetResult(exchange);
        return true;
    }

    private Exchange? Judge(OpenQuestion question, ReadOnlySpan<byte> datagram)
    {
        var match = question.Query.Match(datagram);
        if (match is MatchResult.OtherLetters)
        {
            // A forger who guessed the rest, or a server that changes letters: a stream tells, and cannot be forged from afar. Until then letters stay
            // mixed, or one good guess would make all later ones easier.
            _metrics.StrayResponse();
            return new Exchange(ExchangeStatus.OtherLetters, null, default);
        }

        if (match is not MatchResult.Exact)
            return null;
        // Longer than we said we take, so its end is lost: as good as cut.
        return datagram.Length > _options.UdpPayloadOctets
            ? new Exchange(ExchangeStatus.NeedsStream, null, default)
            : Take(question.Server, question.Query, question.Habits, datagram);
    }

    private Exchange? Take(UpstreamServer server, OutgoingQuery query, ServerHabits habits, ReadOnlySpan<byte> message)
    {
        if ((MessageHeader.Read(message).Flags & HeaderFlags.Truncated) != 0)
            return new Exchange(ExchangeStatus.NeedsStream, null, default);
        if (UpstreamResponse.Read(message, _options.MaxRecordsPerRRset, out var response) is not ParseError.None)
            return null;
        if (query.ClientCookie.Length > 0)
        {
            // RFC 7873 §5.3: with a wrong cookie it is forged; without one too, if the server has given one before.
            var isOurs = response!.Cookie.AsSpan().StartsWith(query.ClientCookie);
            if (response.Cookie.Length > 0 ? !isOurs : habits.Cookie.Length > 0)
                return null;
            if (isOurs && response.Cookie.Length > DnsCookies.ClientOctets && !response.Cookie.AsSpan().SequenceEqual(habits.Cookie))
                _servers.Note(server.Endpoint, known => known with { Cookie = response.Cookie });
            if (response.Code is ResponseCode.BadCookie)
                return new Exchange(ExchangeStatus.NeedsCookie, null, default);
        }

        return new Exchange(NeedsPlain(query, response!) ? ExchangeStatus.NeedsPlain : ExchangeStatus.Answered, response, default);
    }

    // RFC 6891 §7: a server from before EDNS says FORMERR or NOTIMP, and has no OPT record in its answer.
    private static bool NeedsPlain(OutgoingQuery query, UpstreamResponse response) =>
        query.HasEdns && !response.HasEdns && response.Code is ResponseCode.FormatError or ResponseCode.NotImplemented;
}
