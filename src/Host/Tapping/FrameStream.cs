using System.Buffers.Binary;

namespace DnsGuard.Host.Tapping;

/// <summary>Frame Streams: data frames are their length and their octets, control frames begin with a length of zero (github.com/farsightsec/fstrm, control.h).</summary>
internal static class FrameStream
{
    /// <summary>The length in front of a frame, in network order.</summary>
    public const int LengthOctets = 4;

    /// <summary>No control frame may be longer.</summary>
    public const int MaxControlOctets = 512;

    private const int FieldContentType = 1;

    /// <summary>What the frames hold.</summary>
    public static ReadOnlySpan<byte> ContentType => "protobuf:dnstap.Dnstap"u8;

    /// <summary>A control frame with our content type, or the bare one that ends a stream.</summary>
    public static byte[] Control(ControlType type)
    {
        var body = type is ControlType.Stop or ControlType.Finish ? 4 : 12 + ContentType.Length;
        var frame = new byte[8 + body];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), body);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), (int)type);
        if (body > 4)
        {
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(12), FieldContentType);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(16), ContentType.Length);
            ContentType.CopyTo(frame.AsSpan(20));
        }

        return frame;
    }

    /// <summary>Is the body of a control frame, without both lengths, of a type, and willing to take our content?</summary>
    public static bool Is(ReadOnlySpan<byte> body, ControlType type)
    {
        if (body.Length < 4 || BinaryPrimitives.ReadInt32BigEndian(body) != (int)type)
            return false;
        var fields = body[4..];
        // A reader that names no content takes all of it.
        var takesOurs = fields.IsEmpty;
        while (fields.Length >= 8)
        {
            var (field, octets) = (BinaryPrimitives.ReadInt32BigEndian(fields), BinaryPrimitives.ReadInt32BigEndian(fields[4..]));
            if (octets < 0 || octets > fields.Length - 8)
                return false;
            takesOurs |= field == FieldContentType && fields.Slice(8, octets).SequenceEqual(ContentType);
            fields = fields[(8 + octets)..];
        }

        return takesOurs && fields.IsEmpty;
    }

    /// <summary>The octets of as many whole data frames as fit into a room.</summary>
    public static int WholeWithin(ReadOnlySpan<byte> frames, long room)
    {
        var at = 0;
        while (at < frames.Length && at + OctetsAt(frames, at) <= room)
            at += OctetsAt(frames, at);
        return at;
    }

    /// <summary>How many data frames there are from a place on, the one that lies across it included.</summary>
    public static int CountFrom(ReadOnlySpan<byte> frames, int place)
    {
        var count = 0;
        for (var at = 0; at < frames.Length; at += OctetsAt(frames, at))
            count += at + OctetsAt(frames, at) > place ? 1 : 0;
        return count;
    }

    private static int OctetsAt(ReadOnlySpan<byte> frames, int at) => LengthOctets + BinaryPrimitives.ReadInt32BigEndian(frames[at..]);
}

/// <summary>The control frames.</summary>
internal enum ControlType
{
    /// <summary>From the reader: it takes this content.</summary>
    Accept = 1,

    /// <summary>Data frames follow.</summary>
    Start = 2,

    /// <summary>No more will.</summary>
    Stop = 3,

    /// <summary>To the reader: we would write this content.</summary>
    Ready = 4,

    /// <summary>From the reader: it has everything.</summary>
    Finish = 5,
}
