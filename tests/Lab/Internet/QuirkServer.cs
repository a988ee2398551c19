using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace DnsGuard.Lab.Internet;

/// <summary>Servers with a fault each, in front of one without: what no real server can be configured to do.</summary>
internal sealed class QuirkServer
{
    private const int Header = 12;
    private const byte Truncated = 0x02;
    private const byte FormatError = 1;
    private const byte ServerFailure = 2;
    private const byte NameError = 3;

    private static readonly IPEndPoint Backend = new(IPAddress.Parse("93.1.0.1"), 53);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Names that have no records, and have names below them.</summary>
    private static readonly string[] EmptyNonTerminals = ["wild", "wild-alias", "empty", "nothing", "hollow", "star", "b", "c", "d", "e", "_tcp", "_foo"];

    private readonly IPEndPoint _address;
    private readonly Quirk _quirk;
    private int _count;

    private QuirkServer(string address, Quirk quirk)
    {
        _address = new IPEndPoint(IPAddress.Parse(address), 53);
        _quirk = quirk;
    }

    /// <summary>Runs all of them until the program is stopped.</summary>
    public static async Task RunAsync()
    {
        var loops = ServerPlan.Quirks.Select(each => new QuirkServer(each.Address, each.Quirk)).SelectMany(server => new[] { server.ServeUdpAsync(), server.ServeTcpAsync() }).ToList();
        Console.WriteLine("ready");
        await Task.WhenAll(loops);
    }

    private async Task ServeUdpAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(_address);
        var buffer = new byte[4_096];
        while (true)
        {
            var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
            var query = buffer.AsSpan(0, received.ReceivedBytes).ToArray();
            if (query.Length > Header)
                _ = AnswerAsync(query, received.RemoteEndPoint);
        }

        async Task AnswerAsync(byte[] query, EndPoint client)
        {
            try
            {
                if (await HandleAsync(query, isTcp: false) is { } response)
                    await socket.SendToAsync(response, client);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or IndexOutOfRangeException)
            {
                // As a server that is troubled does: it says nothing.
            }
        }
    }

    private async Task ServeTcpAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(_address);
        listener.Listen(256);
        while (true)
            _ = TalkAsync(await listener.AcceptAsync());

        async Task TalkAsync(Socket socket)
        {
            try
            {
                using var stream = new NetworkStream(socket, ownsSocket: true);
                while (await ReadAsync(stream) is { } query)
                {
                    if (await HandleAsync(query, isTcp: true) is { } response)
                        await WriteAsync(stream, response);
                }
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or IndexOutOfRangeException)
            {
                // The client has gone, or the connection is not worth having.
            }
        }
    }

    private async Task<byte[]?> HandleAsync(byte[] query, bool isTcp)
    {
        var questionEnd = QuestionEnd(query);
        var hasEdns = query[11] > 0;
        switch (_quirk)
        {
            case Quirk.TcpOnly when !isTcp:
                return Bare(query, questionEnd, 0, Truncated);
            case Quirk.NoEdns when hasEdns:
                return Bare(query, questionEnd, FormatError);
            case Quirk.ServerFailure:
                return Bare(query, questionEnd, ServerFailure);
            case Quirk.SilentOnEdns when hasEdns:
                return null;
            case Quirk.LowerCase:
                for (var i = Header; i < questionEnd - 4; i++)
                    query[i] = (byte)char.ToLowerInvariant((char)query[i]);
                break;
            case Quirk.NoSignatures when hasEdns:
                query[questionEnd + 7] &= 0x7F;
                break;
            case Quirk.Slow:
                if (!isTcp && Interlocked.Increment(ref _count) % 20 == 0)
                    return null;
                await Task.Delay(Delay);
                break;
        }

        var response = isTcp ? await ForwardTcpAsync(query) : await ForwardUdpAsync(query);
        if (_quirk == Quirk.NoEmptyNonTerminals && response[7] == 0 && (response[3] & 0x0F) == 0 && EmptyNonTerminals.Contains(FirstLabel(query), StringComparer.OrdinalIgnoreCase))
            response[3] |= NameError;
        return response;
    }

    private static byte[] Bare(byte[] query, int questionEnd, byte code, byte flags = 0)
    {
        var response = query[..questionEnd];
        response[2] = (byte)(0x84 | flags | (query[2] & 0x01));
        response[3] = code;
        response.AsSpan(6, 6).Clear();
        return response;
    }

    private static async Task<byte[]> ForwardUdpAsync(byte[] query)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(Backend, patience.Token);
        await socket.SendAsync(query, patience.Token);
        var buffer = new byte[65_535];
        return buffer[..await socket.ReceiveAsync(buffer, patience.Token)];
    }

    private static async Task<byte[]> ForwardTcpAsync(byte[] query)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Backend);
        using var stream = new NetworkStream(socket);
        await WriteAsync(stream, query);
        return await ReadAsync(stream) ?? throw new IOException("the backend has closed");
    }

    /// <summary>Reads a message from a stream; null at its end.</summary>
    internal static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken stop = default)
    {
        var length = new byte[2];
        if (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, stop) < 2)
            return null;
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        return await stream.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, stop) == message.Length ? message : null;
    }

    /// <summary>Writes a message to a stream.</summary>
    internal static ValueTask WriteAsync(Stream stream, byte[] message, CancellationToken stop = default) =>
        stream.WriteAsync((byte[])[(byte)(message.Length >> 8), (byte)message.Length, .. message], stop);

    private static int QuestionEnd(byte[] message)
    {
        var at = Header;
        while (message[at] != 0)
            at += message[at] + 1;
        return at + 5;
    }

    private static string FirstLabel(byte[] message) => System.Text.Encoding.ASCII.GetString(message, Header + 1, message[Header]);
}
