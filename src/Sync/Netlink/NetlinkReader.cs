using System.Buffers.Binary;
using System.Text;

namespace DnsGuard.Sync.Netlink;

/// <summary>Walks attributes of a netlink message.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> attributes)
{
    private const ushort TypeMask = 0x3FFF;

    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>The type of the attribute read last.</summary>
    public ushort Type { get; private set; }

    /// <summary>Its value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The value as a number in network order.</summary>
    public readonly ulong Number => Value.Length switch
    {
        4 => BinaryPrimitives.ReadUInt32BigEndian(Value),
        8 => BinaryPrimitives.ReadUInt64BigEndian(Value),
        _ => 0,
    };

    /// <summary>The value as text, without its final zero.</summary>
    public readonly string Text => Encoding.ASCII.GetString(Value.TrimEnd((byte)0));

    /// <summary>Goes to the next attribute; false at the end.</summary>
    public bool Read()
    {
        if (_rest.Length < 4)
            return false;
        int octets = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (octets < 4 || octets > _rest.Length)
            return false;
        Type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & TypeMask);
        Value = _rest[4..octets];
        _rest = _rest[Math.Min(_rest.Length, (octets + 3) & ~3)..];
        return true;
    }

    /// <summary>Finds the first attribute of a type among those that follow.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, ushort type)
    {
        var reader = new NetlinkReader(attributes);
        while (reader.Read())
        {
            if (reader.Type == type)
                return reader.Value;
        }

        return default;
    }
}
