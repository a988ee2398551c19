using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Host.Tapping;

/// <summary>Frames → a reader at a Unix socket (bidirectional Frame Streams). It may come, stop and come again; meanwhile frames wait as far as their queue reaches.</summary>
internal sealed class TapSocket(string path, FrameQueue queue, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    // Soon enough that a reader which was restarted misses nothing at a moderate rate, and seldom enough to cost nothing where none ever comes.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // For the handshake, and for the last frames when we stop.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private volatile bool _isConnected;
    private bool _wasTold;

    /// <summary>Is a reader there?</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Writes until nothing will follow, and what waits then.</summary>
    /// <param name="ended">Says that nothing will follow.</param>
    public async Task RunAsync(CancellationToken ended)
    {
        var pause = FirstPause;
        do
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await ConnectAsync(socket).ConfigureAwait(false);
                (_isConnected, _wasTold, pause) = (true, false, FirstPause);
                TapLog.Connected(logger, path);
                await WriteAsync(socket, ended).ConfigureAwait(false);
                await FinishAsync(socket).ConfigureAwait(false);
                return;
            }
            catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
            {
                _isConnected = false;
                Tell(failure.Message);
            }

            await PauseAsync(pause, ended).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        while (!ended.IsCancellationRequested);
        Lose(queue.Take());
    }

    // READY →, ← ACCEPT, START →.
    private async Task ConnectAsync(Socket socket)
    {
        using var late = new CancellationTokenSource(Patience, time);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), late.Token).ConfigureAwait(false);
        await SendAsync(socket, FrameStream.Control(ControlType.Ready), late.Token).ConfigureAwait(false);
        if (!FrameStream.Is(await ReadControlAsync(socket, late.Token).ConfigureAwait(false), ControlType.Accept))
            throw new IOException("the reader does not take dnstap");
        await SendAsync(socket, FrameStream.Control(ControlType.Start), late.Token).ConfigureAwait(false);
    }

    private async Task WriteAsync(Socket socket, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            // A reader has nothing to say while we write: that it does means that it has gone.
            if (socket.Poll(0, SelectMode.SelectRead))
                throw new IOException("the reader has gone");
            await HandOverAsync(socket, ended).ConfigureAwait(false);
            await PauseAsync(Period, ended).ConfigureAwait(false);
        }
    }

    private async Task HandOverAsync(Socket socket, CancellationToken cancel)
    {
        var frames = queue.Take();
        var sent = 0;
        try
        {
            while (sent < frames.Length)
                sent += await socket.SendAsync(frames[sent..], SocketFlags.None, cancel).ConfigureAwait(false);
        }
        finally
        {
            queue.Account(frames.Span, sent);
        }
    }

    // The rest, STOP →, ← FINISH: within a bound, for a reader that hangs must not keep us from stopping.
    private async Task FinishAsync(Socket socket)
    {
        using var late = new CancellationTokenSource(Patience, time);
        await HandOverAsync(socket, late.Token).ConfigureAwait(false);
        await SendAsync(socket, FrameStream.Control(ControlType.Stop), late.Token).ConfigureAwait(false);
        await ReadControlAsync(socket, late.Token).ConfigureAwait(false);
        _isConnected = false;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        while (!octets.IsEmpty)
            octets = octets[await socket.SendAsync(octets, SocketFlags.None, cancel).ConfigureAwait(false)..];
    }

    private static async Task<byte[]> ReadControlAsync(Socket socket, CancellationToken cancel)
    {
        var lengths = new byte[8];
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.ReadExactlyAsync(lengths, cancel).ConfigureAwait(false);
        var octets = BinaryPrimitives.ReadInt32BigEndian(lengths.AsSpan(4));
        if (BinaryPrimitives.ReadInt32BigEndian(lengths) != 0 || octets is < 4 or > FrameStream.MaxControlOctets)
            throw new IOException("the reader does not speak Frame Streams");
        var body = new byte[octets];
        await stream.ReadExactlyAsync(body, cancel).ConfigureAwait(false);
        return body;
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken ended) =>
        await Task.Delay(pause, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Lose(ReadOnlyMemory<byte> frames) => queue.Account(frames.Span, 0);

    // Once for each time that it goes, not for each time that it does not come.
    private void Tell(string reason)
    {
        if (!_wasTold)
            TapLog.NotConnected(logger, path, reason.TrimEnd('.'));
        _wasTold = true;
    }
}
