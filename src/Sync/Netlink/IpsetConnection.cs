using System.Buffers.Binary;

namespace DnsGuard.Sync.Netlink;

/// <summary>Commands and questions to the kernel's ipset over one netlink socket. One user at a time: its owner's lock says who.</summary>
/// <remarks>Unlike nf_tables it knows no transactions: of many commands sent together each is carried out or refused by itself.</remarks>
internal sealed class IpsetConnection : IDisposable
{
    private const int HeaderOctets = 16;
    private const int GenericOctets = 20;
    private const ushort TypeError = 2;
    private const ushort TypeDone = 3;

    private readonly NetlinkSocket _socket = new();
    private readonly byte[] _buffer = new byte[1 << 18];
    private readonly NetlinkWriter _writer = new();
    private uint _sequence;

    /// <summary>Begins a run of commands.</summary>
    public void Begin() => _writer.Clear();

    /// <summary>Adds a command to a set; its attributes follow.</summary>
    public NetlinkWriter Add(int command, string set, ushort flags = 0)
    {
        _writer.Begin((ushort)((Ips.Subsystem << 8) | command), (ushort)(Nft.Request | flags), ++_sequence, Ips.FamilyIPv4);
        return _writer.Put(Ips.ProtocolAttribute, [Ips.Protocol]).Put(Ips.SetName, set);
    }

    /// <summary>Sends the run, and waits for the kernel's word on all of it.</summary>
    /// <exception cref="NetlinkException">One of the commands was refused, the first that was; the others are done.</exception>
    public void Commit(string doing)
    {
        // Only the last one asks for an acknowledgement: what is refused is reported unasked, and in order.
        _writer.AddFlags(Nft.Acknowledge);
        _writer.CloseMessage();
        _socket.Discard();
        _socket.Send(_writer.Octets);
        var refused = 0;
        while (true)
        {
            for (var rest = _socket.Receive(_buffer); TryTake(ref rest, out var message);)
            {
                if (BinaryPrimitives.ReadUInt16LittleEndian(message[4..]) != TypeError)
                    continue;
                var error = -BinaryPrimitives.ReadInt32LittleEndian(message[HeaderOctets..]);
                refused = refused == 0 ? error : refused;
                if (BinaryPrimitives.ReadUInt32LittleEndian(message[8..]) != _sequence)
                    continue;
                if (refused != 0)
                    throw new NetlinkException(refused, doing);
                return;
            }
        }
    }

    /// <summary>Lists a set, or all where none is named, and hands every message to a reader.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void List(string? set, uint flags, AttributeReader read, string doing)
    {
        _writer.Clear();
        var sequence = ++_sequence;
        _writer.Begin((Ips.Subsystem << 8) | Ips.List, Nft.Request | Nft.Dump, sequence, Ips.FamilyIPv4);
        _writer.Put(Ips.ProtocolAttribute, [Ips.Protocol]);
        if (set is not null)
            _writer.Put(Ips.SetName, set);
        if (flags != 0)
            _writer.Put(Ips.Flags | Ips.NetworkOrder, flags);
        _writer.CloseMessage();
        _socket.Discard();
        _socket.Send(_writer.Octets);
        while (true)
        {
            for (var rest = _socket.Receive(_buffer); TryTake(ref rest, out var message);)
            {
                if (BinaryPrimitives.ReadUInt32LittleEndian(message[8..]) != sequence)
                    continue;
                var type = BinaryPrimitives.ReadUInt16LittleEndian(message[4..]);
                // Both ends of a list carry an error number, zero for none.
                if (type is TypeDone or TypeError)
                {
                    var error = message.Length >= HeaderOctets + 4 ? -BinaryPrimitives.ReadInt32LittleEndian(message[HeaderOctets..]) : 0;
                    if (error != 0)
                        throw new NetlinkException(error, doing);
                    return;
                }

                read(message[GenericOctets..]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static bool TryTake(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (rest.Length < HeaderOctets)
            return false;
        var octets = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (octets < HeaderOctets || octets > rest.Length)
            return false;
        message = rest[..octets];
        rest = rest[Math.Min(rest.Length, (octets + 3) & ~3)..];
        return true;
    }
}
