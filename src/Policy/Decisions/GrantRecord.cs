using System.Buffers.Binary;
using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>Where somebody may connect to.</summary>
/// <param name="Address">Which address.</param>
/// <param name="Ports">Which ports.</param>
public readonly record struct GrantPlace(InternetAddress Address, PortRange Ports);

/// <summary>What happened to all grants of one answer, on its way into the journal.</summary>
/// <remarks>As octets: length of the whole (4), kind (1), reserved (1), type (2), at (8), until (8), revision (8), number of places (2), then group,
/// rule and names, each behind its length (2), then the places of 21 octets each. Numbers are little-endian.</remarks>
public readonly ref struct GrantRecord
{
    internal const int HeadOctets = 34;
    internal const int PlaceOctets = 21;
    internal const int NoRule = ushort.MaxValue;

    /// <summary>What happened.</summary>
    public required GrantEventKind Kind { get; init; }

    /// <summary>When, in Unix milliseconds.</summary>
    public required long At { get; init; }

    /// <summary>Until when it was to be open, in Unix milliseconds.</summary>
    public required long Until { get; init; }

    /// <summary>For whom.</summary>
    public required string Group { get; init; }

    /// <summary>The revision.</summary>
    public required long Revision { get; init; }

    /// <summary>The QNAME in wire form; empty where it does not matter.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The QTYPE.</summary>
    public RecordType Type { get; init; }

    /// <summary>The alias chain.</summary>
    public IReadOnlyList<DomainName>? Aliases { get; init; }

    /// <summary>The rule, or null.</summary>
    public string? Rule { get; init; }

    /// <summary>The octets it takes.</summary>
    public int Octets(int places)
    {
        var octets = HeadOctets + 6 + Encoding.UTF8.GetByteCount(Group) + (Rule is null ? 0 : Encoding.UTF8.GetByteCount(Rule)) + Name.Length + (places * PlaceOctets);
        for (var i = 0; i < (Aliases?.Count ?? 0); i++)
            octets += Aliases![i].Octets.Length;
        return octets;
    }

    /// <summary>Writes it into a span of exactly its octets.</summary>
    public void Write(Span<byte> to, ReadOnlySpan<GrantPlace> places)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, to.Length);
        to[4] = (byte)Kind;
        to[5] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(to[6..], (ushort)Type);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], At);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], Until);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], Revision);
        BinaryPrimitives.WriteUInt16LittleEndian(to[32..], checked((ushort)places.Length));
        var at = HeadOctets + Put(to[HeadOctets..], Group);
        at += Put(to[at..], Rule);
        var names = at;
        at += 2;
        Name.CopyTo(to[at..]);
        at += Name.Length;
        for (var i = 0; i < (Aliases?.Count ?? 0); i++)
        {
            var alias = Aliases![i].Octets;
            alias.CopyTo(to[at..]);
            at += alias.Length;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(to[names..], checked((ushort)(at - names - 2)));
        foreach (var place in places)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(to[at..], place.Address.Bits);
            to[at + 16] = (byte)place.Ports.Protocol;
            BinaryPrimitives.WriteUInt16LittleEndian(to[(at + 17)..], place.Ports.First);
            BinaryPrimitives.WriteUInt16LittleEndian(to[(at + 19)..], place.Ports.Last);
            at += PlaceOctets;
        }
    }

    private static int Put(Span<byte> to, string? text)
    {
        var octets = text is null ? 0 : Encoding.UTF8.GetBytes(text, to[2..]);
        BinaryPrimitives.WriteUInt16LittleEndian(to, text is null ? (ushort)NoRule : checked((ushort)octets));
        return 2 + octets;
    }
}
