using System.Buffers.Binary;
using DnsGuard.Store.Files;

namespace DnsGuard.Store.Grants;

/// <summary>What stands before a run of octets in a segment: what they are, how many, and whether they are whole.</summary>
/// <param name="Mark">What they are.</param>
/// <param name="BodyOctets">How many there are.</param>
/// <param name="BodyChecksum">Their checksum.</param>
/// <param name="First">The earliest moment any of them is about, in Unix milliseconds.</param>
/// <param name="Last">The latest, the ends of what was opened among them.</param>
internal readonly record struct GrantFrame(uint Mark, int BodyOctets, uint BodyChecksum, long First, long Last)
{
    /// <summary>Octets of a header.</summary>
    public const int Octets = 32;

    /// <summary>Before records.</summary>
    public const uint RecordsMark = 0x3152_4744;

    /// <summary>Before the filter that ends a segment.</summary>
    public const uint FilterMark = 0x3146_4744;

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], BodyOctets);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], BodyChecksum);
        BinaryPrimitives.WriteInt64LittleEndian(to[12..], First);
        BinaryPrimitives.WriteInt64LittleEndian(to[20..], Last);
        BinaryPrimitives.WriteUInt32LittleEndian(to[28..], Checksum.Extend(0, to[..28]));
    }

    /// <summary>Reads one; null where there is none, or only a part of one.</summary>
    public static GrantFrame? Read(AppendFile file, long at)
    {
        Span<byte> head = stackalloc byte[Octets];
        if (at < 0 || !file.TryRead(at, head) || BinaryPrimitives.ReadUInt32LittleEndian(head[28..]) != Checksum.Extend(0, head[..28]))
            return null;
        var frame = new GrantFrame(
            BinaryPrimitives.ReadUInt32LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[4..]), BinaryPrimitives.ReadUInt32LittleEndian(head[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[12..]), BinaryPrimitives.ReadInt64LittleEndian(head[20..]));
        return frame.Mark is RecordsMark or FilterMark && frame.BodyOctets >= 0 ? frame : null;
    }
}
