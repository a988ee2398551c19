using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>What the query log keeps of an answer: its addresses and its alias chain, as octets that travel beside a record.</summary>
public static class AnswerNote
{
    /// <summary>Addresses noted of one answer; the rest are in the grant journal.</summary>
    public const int MaxAddresses = 16;

    /// <summary>Aliases noted of one answer.</summary>
    public const int MaxAliases = 11;

    /// <summary>Writes a note.</summary>
    public static byte[] Write(IReadOnlyList<InternetAddress> addresses, IReadOnlyList<DomainName> aliases)
    {
        var note = new List<byte> { (byte)Math.Min(addresses.Count, MaxAddresses) };
        Span<byte> octets = stackalloc byte[16];
        foreach (var address in addresses.Take(MaxAddresses))
        {
            var count = address.Write(octets);
            note.Add((byte)count);
            note.AddRange(octets[..count]);
        }

        foreach (var alias in aliases.Take(MaxAliases))
            note.AddRange(alias.Octets);
        return [.. note];
    }

    /// <summary>Reads a note.</summary>
    public static (IReadOnlyList<InternetAddress> Addresses, IReadOnlyList<string> Aliases) Read(ReadOnlySpan<byte> note)
    {
        var addresses = new List<InternetAddress>();
        var aliases = new List<string>();
        if (note.IsEmpty)
            return (addresses, aliases);
        var at = 1;
        for (var i = 0; i < note[0]; i++)
        {
            addresses.Add(InternetAddress.FromOctets(note.Slice(at + 1, note[at])));
            at += 1 + note[at];
        }

        while (at < note.Length)
        {
            var octets = WireName.LengthOf(note[at..]);
            aliases.Add(NameText.Write(note.Slice(at, octets)));
            at += octets;
        }

        return (addresses, aliases);
    }
}
