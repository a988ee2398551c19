using System.Buffers.Binary;
using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>A record as it was written; it reads where it lies.</summary>
public readonly ref struct GrantRecordView
{
    private readonly ReadOnlySpan<byte> _octets;
    private readonly int _rule;
    private readonly int _names;
    private readonly int _places;

    private GrantRecordView(ReadOnlySpan<byte> octets, int rule, int names, int places)
    {
        _octets = octets;
        (_rule, _names, _places) = (rule, names, places);
    }

    /// <summary>What happened.</summary>
    public GrantEventKind Kind => (GrantEventKind)_octets[4];

    /// <summary>When, in Unix milliseconds.</summary>
    public long At => BinaryPrimitives.ReadInt64LittleEndian(_octets[8..]);

    /// <summary>Until when it was to be open, in Unix milliseconds.</summary>
    public long Until => BinaryPrimitives.ReadInt64LittleEndian(_octets[16..]);

    /// <summary>How many places it is about.</summary>
    public int Places => BinaryPrimitives.ReadUInt16LittleEndian(_octets[32..]);

    /// <summary>Takes the first record off some.</summary>
    /// <returns>False where there is none, or what is there is no record.</returns>
    public static bool TryTake(ref ReadOnlySpan<byte> records, out GrantRecordView record)
    {
        record = default;
        if (records.Length < GrantRecord.HeadOctets || BinaryPrimitives.ReadInt32LittleEndian(records) is var octets && (octets < GrantRecord.HeadOctets + 6 || octets > records.Length))
            return false;
        var one = records[..octets];
        var rule = After(one, GrantRecord.HeadOctets);
        var names = rule < 0 ? -1 : After(one, rule);
        var places = names < 0 ? -1 : After(one, names);
        if (places < 0 || octets - places != BinaryPrimitives.ReadUInt16LittleEndian(one[32..]) * GrantRecord.PlaceOctets)
            return false;
        record = new GrantRecordView(one, rule, names, places);
        records = records[octets..];
        return true;
    }

    /// <summary>One of the addresses.</summary>
    public InternetAddress Address(int place) => new(BinaryPrimitives.ReadUInt128LittleEndian(_octets[Start(place)..]));

    /// <summary>What happened at one of the places.</summary>
    public GrantEvent Event(int place)
    {
        var ports = _octets[(Start(place) + 16)..];
        var names = Text(_names);
        var ends = names.IsEmpty ? 0 : WireName.LengthOf(names);
        return new GrantEvent(
            Kind, At, Until, Encoding.UTF8.GetString(Text(GrantRecord.HeadOctets)), Address(place),
            new PortRange((TransportProtocol)ports[0], BinaryPrimitives.ReadUInt16LittleEndian(ports[1..]), BinaryPrimitives.ReadUInt16LittleEndian(ports[3..])),
            ends <= 0 ? "" : NameText.Write(names[..ends]), (RecordType)BinaryPrimitives.ReadUInt16LittleEndian(_octets[6..]), ends <= 0 ? "" : AliasText(names[ends..]),
            BinaryPrimitives.ReadUInt16LittleEndian(_octets[_rule..]) == GrantRecord.NoRule ? null : Encoding.UTF8.GetString(Text(_rule)),
            BinaryPrimitives.ReadInt64LittleEndian(_octets[24..]));
    }

    private static string AliasText(ReadOnlySpan<byte> names)
    {
        var text = new StringBuilder();
        while (WireName.LengthOf(names) is var octets and > 0)
        {
            text.Append(text.Length == 0 ? "" : " ").Append(NameText.Write(names[..octets]));
            names = names[octets..];
        }

        return text.ToString();
    }

    private int Start(int place) => _places + (place * GrantRecord.PlaceOctets);

    private ReadOnlySpan<byte> Text(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_octets[at..]) is var octets && octets == GrantRecord.NoRule ? default : _octets.Slice(at + 2, octets);

    // Where what stands behind a length ends; -1 where that is outside.
    private static int After(ReadOnlySpan<byte> record, int at)
    {
        if (at + 2 > record.Length)
            return -1;
        var octets = BinaryPrimitives.ReadUInt16LittleEndian(record[at..]);
        var end = at + 2 + (octets == GrantRecord.NoRule ? 0 : octets);
        return end <= record.Length ? end : -1;
    }
}
