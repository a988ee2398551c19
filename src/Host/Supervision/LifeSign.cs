using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Wire.Messages;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Host.Supervision;

/// <summary>Feeds systemd's watchdog, and only while the data plane answers: every worker's loop turns, and a query of our own comes back from every address.</summary>
/// <remarks>
/// Nothing that others do can starve it: not the policy, the servers of the Internet or the targets. A watchdog that restarts a resolver because the
/// line is down makes it worse.
/// </remarks>
/// <param name="supervisor">Who waits for it.</param>
/// <param name="endpoints">Where queries are answered.</param>
/// <param name="turns">How often the loop of each worker has turned; each turns several times a second.</param>
/// <param name="time">The clock of the period.</param>
/// <param name="logger">Where the operator reads.</param>
internal sealed class LifeSign(Supervisor supervisor, IReadOnlyList<IPEndPoint> endpoints, Func<IReadOnlyList<long>> turns, TimeProvider time, ILogger logger)
{
    // localhost IN A, with EDNS of a version that nobody speaks: every answer says BADVERS, and the query log nothing (RFC 6891 §6.1.3).
    private static readonly byte[] Query = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 9, .. "localhost"u8, 0, 0, 1, 0, 1, 0, 0, 41, 4, 0, 0, 1, 0, 0, 0, 0];

    private IReadOnlyList<long> _turns = [];
    private ushort _id;

    /// <summary>Looks and tells until it is told to stop. Returns at once where there is no watchdog.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (supervisor.Watchdog == TimeSpan.Zero)
            return;
        // Thrice in its time, so that one datagram that is lost ends nothing.
        var period = supervisor.Watchdog / 3;
        while (!stopping.IsCancellationRequested)
        {
            if (HaveTurned() && await AnswersAsync(period / 2, stopping).ConfigureAwait(false))
                supervisor.Alive();
            else if (!stopping.IsCancellationRequested)
                HostLog.NoSignOfLife(logger);
            await Task.Delay(period, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool HaveTurned()
    {
        var now = turns();
        var haveTurned = now.Zip(_turns).All(pair => pair.First != pair.Second);
        _turns = now;
        return haveTurned;
    }

    private async Task<bool> AnswersAsync(TimeSpan patience, CancellationToken stopping)
    {
        foreach (var endpoint in endpoints)
        {
            if (!await AnswersAsync(Reachable(endpoint), patience, stopping).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    private async Task<bool> AnswersAsync(IPEndPoint endpoint, TimeSpan patience, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, late.Token);
        var query = (byte[])Query.Clone();
        BinaryPrimitives.WriteUInt16BigEndian(query, ++_id);
        var answer = new byte[512];
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(endpoint, end.Token).ConfigureAwait(false);
            await socket.SendAsync(query, end.Token).ConfigureAwait(false);
            var octets = await socket.ReceiveAsync(answer, end.Token).ConfigureAwait(false);
            return octets >= MessageHeader.Octets && answer[0] == query[0] && answer[1] == query[1];
        }
        catch (Exception silence) when (silence is OperationCanceledException or SocketException)
        {
            return false;
        }
    }

    private static IPEndPoint Reachable(IPEndPoint endpoint) =>
        endpoint.Address.Equals(IPAddress.Any) ? new(IPAddress.Loopback, endpoint.Port)
        : endpoint.Address.Equals(IPAddress.IPv6Any) ? new(IPAddress.IPv6Loopback, endpoint.Port)
        : endpoint;
}
