using System.Buffers.Binary;

namespace DnsGuard.Sync.Netlink;

/// <summary>Batches and queries over one netlink socket. One user at a time: its owner's lock says who.</summary>
internal sealed class NftConnection : IDisposable
{
    private const int HeaderOctets = 16;
    private const int GenericOctets = 20;
    private const ushort TypeError = 2;
    private const ushort TypeDone = 3;

    private readonly NetlinkSocket _socket = new();
    private readonly byte[] _buffer = new byte[1 << 18];
    private readonly NetlinkWriter _writer = new();
    private uint _sequence;
    private uint _last;
    private bool _isComposing;

    /// <summary>Begins a transaction.</summary>
    public void BeginBatch()
    {
        _isComposing = true;
        _writer.Clear();
        _writer.Begin(Nft.BatchBegin, Nft.Request, ++_sequence, Nft.FamilyUnspecified, Nft.Subsystem);
    }

    /// <summary>Adds an operation; its attributes follow.</summary>
    public NetlinkWriter Add(int message, ushort flags = 0)
    {
        _last = ++_sequence;
        _writer.Begin((ushort)((Nft.Subsystem << 8) | message), (ushort)(Nft.Request | flags), _last, Nft.FamilyInet);
        return _writer;
    }

    /// <summary>Ends the transaction and waits for the kernel's word: all of it is in force then, or nothing.</summary>
    /// <exception cref="NetlinkException">The kernel refused; nothing was changed.</exception>
    public void Commit(string doing)
    {
        // Only the last operation asks for an acknowledgement: the kernel answers it after the commit, and reports any error unasked.
        _writer.AddFlags(Nft.Acknowledge);
        _writer.Begin(Nft.BatchEnd, Nft.Request, ++_sequence, Nft.FamilyUnspecified, Nft.Subsystem);
        _writer.CloseMessage();
        _isComposing = false;
        _socket.Discard();
        _socket.Send(_writer.Octets);
        AwaitAcknowledgement(doing);
    }

    /// <summary>Asks, and hands every message of the reply to a reader.</summary>
    /// <param name="message">The operation.</param>
    /// <param name="isDump">Are all of a kind asked for?</param>
    /// <param name="compose">Writes the attributes.</param>
    /// <param name="read">Takes the attributes of one message.</param>
    /// <param name="doing">What for, for errors.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Query(int message, bool isDump, Action<NetlinkWriter> compose, AttributeReader read, string doing)
    {
        if (_isComposing)
            throw new InvalidOperationException("a question in the middle of a batch would overwrite it");
        _writer.Clear();
        var sequence = ++_sequence;
        var family = message == Nft.GetGeneration ? Nft.FamilyUnspecified : Nft.FamilyInet;
        _writer.Begin((ushort)((Nft.Subsystem << 8) | message), (ushort)(Nft.Request | (isDump ? Nft.Dump : Nft.Acknowledge)), sequence, family);
        compose(_writer);
        _writer.CloseMessage();
        _socket.Discard();
        _socket.Send(_writer.Octets);
        for (var isDone = false; !isDone;)
        {
            for (var rest = _socket.Receive(_buffer); rest.Length >= HeaderOctets && !isDone;)
            {
                var octets = BinaryPrimitives.ReadInt32LittleEndian(rest);
                if (octets < HeaderOctets || octets > rest.Length)
                    break;
                if (BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]) == sequence)
                    isDone = TakeReply(rest[..octets], read, doing);
                rest = rest[Math.Min(rest.Length, (octets + 3) & ~3)..];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static bool TakeReply(ReadOnlySpan<byte> message, AttributeReader read, string doing)
    {
        switch (BinaryPrimitives.ReadUInt16LittleEndian(message[4..]))
        {
            case TypeDone:
                return true;
            case TypeError:
                ThrowIfError(message, doing);
                return true;
            default:
                read(message[GenericOctets..]);
                return false;
        }
    }

    private void AwaitAcknowledgement(string doing)
    {
        while (true)
        {
            var rest = _socket.Receive(_buffer);
            while (rest.Length >= HeaderOctets)
            {
                var octets = BinaryPrimitives.ReadInt32LittleEndian(rest);
                if (octets < HeaderOctets || octets > rest.Length)
                    break;
                if (BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]) == TypeError)
                {
                    ThrowIfError(rest, doing);
                    if (BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]) == _last)
                        return;
                }

                rest = rest[Math.Min(rest.Length, (octets + 3) & ~3)..];
            }
        }
    }

    private static void ThrowIfError(ReadOnlySpan<byte> message, string doing)
    {
        var error = -BinaryPrimitives.ReadInt32LittleEndian(message[HeaderOctets..]);
        if (error != 0)
            throw new NetlinkException(error, doing);
    }
}

/// <summary>Takes the attributes of one message; they are valid only during the call.</summary>
internal delegate void AttributeReader(ReadOnlySpan<byte> attributes);
