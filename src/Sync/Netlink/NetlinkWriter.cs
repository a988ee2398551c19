using System.Buffers.Binary;
using System.Text;

namespace DnsGuard.Sync.Netlink;

/// <summary>Composes netlink messages and their nested attributes into one growing run of octets.</summary>
internal sealed class NetlinkWriter
{
    private const int HeaderOctets = 16;
    private const ushort NestedFlag = 0x8000;

    private readonly Stack<int> _open = new();
    private byte[] _octets = new byte[4_096];
    private int _length;
    private int _message = -1;

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Octets => _octets.AsSpan(0, _length);

    /// <summary>Starts over.</summary>
    public void Clear()
    {
        _length = 0;
        _message = -1;
        _open.Clear();
    }

    /// <summary>Begins a message; the one before is complete.</summary>
    public void Begin(ushort type, ushort flags, uint sequence, byte family, ushort resource = 0)
    {
        CloseMessage();
        _message = _length;
        var head = Reserve(HeaderOctets + 4);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], sequence);
        head[HeaderOctets] = family;
        BinaryPrimitives.WriteUInt16BigEndian(head[(HeaderOctets + 2)..], resource);
    }

    /// <summary>Sets more flags on the message that was begun last.</summary>
    public void AddFlags(ushort flags)
    {
        var field = _octets.AsSpan(_message + 6);
        BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(field) | flags));
    }

    /// <summary>Completes the last message.</summary>
    public void CloseMessage()
    {
        while (_open.Count > 0)
            Close();
        if (_message >= 0)
            BinaryPrimitives.WriteInt32LittleEndian(_octets.AsSpan(_message), _length - _message);
        _message = -1;
    }

    /// <summary>A raw attribute.</summary>
    public NetlinkWriter Put(ushort type, ReadOnlySpan<byte> value)
    {
        var attribute = Reserve((4 + value.Length + 3) & ~3);
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], type);
        value.CopyTo(attribute[4..]);
        return this;
    }

    /// <summary>A 32-bit number in network order, as nf_tables has them all.</summary>
    public NetlinkWriter Put(ushort type, uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return Put(type, octets);
    }

    /// <summary>A 64-bit number in network order.</summary>
    public NetlinkWriter Put(ushort type, ulong value)
    {
        Span<byte> octets = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, value);
        return Put(type, octets);
    }

    /// <summary>A string with its final zero.</summary>
    public NetlinkWriter Put(ushort type, string value)
    {
        Span<byte> octets = stackalloc byte[256];
        var count = Encoding.ASCII.GetBytes(value, octets);
        octets[count] = 0;
        return Put(type, octets[..(count + 1)]);
    }

    /// <summary>Opens a nest of attributes.</summary>
    public NetlinkWriter Open(ushort type)
    {
        _open.Push(_length);
        BinaryPrimitives.WriteUInt16LittleEndian(Reserve(4)[2..], (ushort)(type | NestedFlag));
        return this;
    }

    /// <summary>Closes the innermost nest.</summary>
    public NetlinkWriter Close()
    {
        var start = _open.Pop();
        BinaryPrimitives.WriteUInt16LittleEndian(_octets.AsSpan(start), checked((ushort)(_length - start)));
        return this;
    }

    private Span<byte> Reserve(int octets)
    {
        if (_length + octets > _octets.Length)
            Array.Resize(ref _octets, Math.Max(_octets.Length * 2, _length + octets));
        var span = _octets.AsSpan(_length, octets);
        span.Clear();
        _length += octets;
        return span;
    }
}
