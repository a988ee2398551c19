using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DnsGuard.Lab;

/// <summary>As little of a stub resolver as measuring needs: one question at a time over UDP, no cache, no second try.</summary>
internal sealed class DnsClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[4_096];
    private ushort _id;

    public DnsClient(IPAddress server)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(server, 53);
    }

    /// <summary>The first address of the type, or null where there is none in time.</summary>
    public async Task<IPAddress?> AskAsync(string name, bool isIPv6)
    {
        var type = (ushort)(isIPv6 ? 28 : 1);
        var id = ++_id;
        await _socket.SendAsync(Compose(id, name, type));
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                var count = await _socket.ReceiveAsync(_buffer, patience.Token);
                if (count >= 12 && BinaryPrimitives.ReadUInt16BigEndian(_buffer) == id)
                    return Read(_buffer.AsSpan(0, count), type);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static byte[] Compose(ushort id, string name, ushort type)
    {
        var query = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in name.Split('.'))
        {
            query.Add((byte)label.Length);
            query.AddRange(Encoding.ASCII.GetBytes(label));
        }

        query.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        return [.. query];
    }

    private static IPAddress? Read(ReadOnlySpan<byte> response, ushort type)
    {
        var at = SkipName(response, 12) + 4;
        for (var left = BinaryPrimitives.ReadUInt16BigEndian(response[6..]); left > 0; left--)
        {
            at = SkipName(response, at);
            var length = BinaryPrimitives.ReadUInt16BigEndian(response[(at + 8)..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(response[at..]) == type)
                return new IPAddress(response.Slice(at + 10, length));
            at += 10 + length;
        }

        return null;
    }

    private static int SkipName(ReadOnlySpan<byte> message, int at)
    {
        while (message[at] is > 0 and < 192)
            at += message[at] + 1;
        return at + (message[at] == 0 ? 1 : 2);
    }
}
