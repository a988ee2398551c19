using System.Buffers.Binary;
using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Netlink;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Targets;

/// <summary>An entry as an element of a set: key, timeout, and the name it was opened for as its comment.</summary>
internal static class NftElement
{
    private const int MaxCommentOctets = 120;
    private const byte CommentTag = 0;

    /// <summary>Writes an element with its time.</summary>
    public static void Write(NetlinkWriter writer, in TimedEntry timed)
    {
        writer.Open(1);
        WriteKey(writer, timed.Entry);
        var milliseconds = (ulong)Math.Max(1, timed.Remaining.TotalMilliseconds);
        // Both what it lasts and what is left: given a time that equals the one it was made with, the kernel would leave an element as it is.
        writer.Put(4, milliseconds).Put(5, milliseconds);
        if (!timed.IsOpen)
            WriteComment(writer, timed.Note);
        writer.Close();
    }

    /// <summary>Writes an element's key alone, to close it.</summary>
    public static void Write(NetlinkWriter writer, in AllowEntry entry)
    {
        writer.Open(1);
        WriteKey(writer, entry);
        writer.Close();
    }

    /// <summary>Reads an element back; false where it is not one of ours.</summary>
    public static bool TryRead(ReadOnlySpan<byte> element, NftSet set, out TimedEntry timed)
    {
        timed = default;
        var key = NetlinkReader.Find(NetlinkReader.Find(element, 1), 1);
        if (key.Length != set.KeyOctets)
            return false;
        var octets = set.IsIPv4 ? 4 : 16;
        var ports = set.Range ?? new PortRange((TransportProtocol)key[octets], BinaryPrimitives.ReadUInt16BigEndian(key[(octets + 4)..]), BinaryPrimitives.ReadUInt16BigEndian(key[(octets + 4)..]));
        // Without a timeout it would stay for ever: nothing of ours does, so it counts as an element that lasts no time.
        var expiration = NetlinkReader.Find(element, 5);
        var remaining = expiration.Length == 8 ? TimeSpan.FromMilliseconds(Math.Min(BinaryPrimitives.ReadUInt64BigEndian(expiration), int.MaxValue)) : TimeSpan.Zero;
        timed = new TimedEntry(new AllowEntry(set.Group, InternetAddress.FromOctets(key[..octets]), ports), remaining, ReadComment(NetlinkReader.Find(element, 6)), IsOpen: true);
        return true;
    }

    private static void WriteKey(NetlinkWriter writer, in AllowEntry entry)
    {
        Span<byte> key = stackalloc byte[24];
        key.Clear();
        var octets = entry.Address.Write(key);
        if (entry.Ports.IsSingle)
        {
            key[octets] = (byte)entry.Ports.Protocol;
            BinaryPrimitives.WriteUInt16BigEndian(key[(octets + 4)..], entry.Ports.First);
            octets += 8;
        }

        writer.Open(1).Put(1, key[..octets]).Close();
    }

    // The layout that the nft program gives comments: tag, length, text with its final zero.
    private static void WriteComment(NetlinkWriter writer, string note)
    {
        // The nft program knows no escapes: a quotation mark in a stranger's label would end the comment in its listing.
        note = note.Replace("\\\"", "\\034", StringComparison.Ordinal);
        if (note.Length is 0 or > MaxCommentOctets)
            return;
        Span<byte> comment = stackalloc byte[MaxCommentOctets + 3];
        var count = Encoding.ASCII.GetBytes(note, comment[2..]);
        comment[0] = CommentTag;
        comment[1] = (byte)(count + 1);
        comment[count + 2] = 0;
        writer.Put(6, comment[..(count + 3)]);
    }

    private static string ReadComment(ReadOnlySpan<byte> userData) =>
        userData.Length >= 3 && userData[0] == CommentTag && userData[1] + 2 <= userData.Length ? Encoding.ASCII.GetString(userData.Slice(2, userData[1] - 1)) : "";
}
