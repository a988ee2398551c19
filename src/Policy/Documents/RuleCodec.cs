using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Documents;

/// <summary>A rule as a run of octets, and back: a million of them are a few dozen megabytes that no collector walks.</summary>
/// <remarks>
/// One octet of flags; the literal suffix in wire form; the id, eight octets where it was derived from the rule; the text of a glob; and
/// whatever is not at its default. Equal rules have equal octets; where a rule stood in a file is not among them.
/// </remarks>
internal static class RuleCodec
{
    /// <summary>The octets of a derived id.</summary>
    public const int DerivedIdOctets = 8;

    /// <summary>What a derived id begins with.</summary>
    public const string DerivedIdPrefix = "r-";

    private const byte DenyFlag = 1;
    private const int KindShift = 1;
    private const byte KindMask = 7;
    private const byte DerivedIdFlag = 0x10;
    private const byte ExtrasFlag = 0x20;

    [Flags]
    private enum Extras : ushort
    {
        None = 0,
        Ports = 1,
        Types = 2,
        Expires = 4,
        Owner = 8,
        Comment = 0x10,
        Ticket = 0x20,
        Private = 0x40,
        Dnssec = 0x80,
        Hold = 0x100,
        Pin = 0x200,
        Broad = 0x400,
        Everything = 0x800,
        Warm = 0x1000,
        Via = 0x2000,
    }

    /// <summary>Do the extras of a rule say that its name is kept warm, or that a list of AWS stands for its addresses?</summary>
    public static (bool IsWarm, bool HasVia) Marks(ReadOnlySpan<byte> extras)
    {
        var flags = extras.Length < sizeof(ushort) ? Extras.None : (Extras)BinaryPrimitives.ReadUInt16LittleEndian(extras);
        return (flags.HasFlag(Extras.Warm), flags.HasFlag(Extras.Via));
    }

    /// <summary>Can a text be kept as an id? Whatever is a name can.</summary>
    public static bool CanHold(string id) => id.Length <= byte.MaxValue && Ascii.IsValid(id);

    /// <summary>Writes a rule behind what a buffer holds.</summary>
    public static void Write(RuleBuffer buffer, RuleDocument rule)
    {
        var extras = ExtrasOf(rule);
        var pattern = rule.Pattern;
        WriteHead(buffer, rule.Action, pattern.Kind, pattern.Suffix.Octets, rule.Id, extras is not Extras.None);
        if (pattern.Kind is PatternKind.Glob)
            buffer.Text(pattern.Text);
        if (extras is Extras.None)
            return;
        using var octets = new MemoryStream();
        using var writer = new BinaryWriter(octets, Encoding.UTF8);
        writer.Write((ushort)extras);
        WriteExtras(writer, rule);
        writer.Flush();
        buffer.Octets(octets.GetBuffer().AsSpan(0, (int)octets.Length));
    }

    /// <summary>Writes a rule that has nothing but a pattern without a glob, and an id.</summary>
    public static void WritePlain(RuleBuffer buffer, RuleAction action, PatternKind kind, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> derivedId)
    {
        buffer.Octet((byte)((action is RuleAction.Deny ? DenyFlag : 0) | ((int)kind << KindShift) | DerivedIdFlag));
        buffer.Octets(suffix);
        buffer.Octets(derivedId);
    }

    /// <summary>Reads a rule.</summary>
    /// <param name="octets">All of its octets.</param>
    /// <param name="line">Where it stood; 0 for nowhere.</param>
    /// <param name="column">Where in the line.</param>
    public static RuleDocument Read(ReadOnlySpan<byte> octets, int line, int column)
    {
        var view = new RuleView(octets);
        var pattern = view.Kind is PatternKind.Glob ? NamePattern.Parse(Encoding.ASCII.GetString(view.GlobText)) : NamePattern.Of(view.Kind, DomainName.FromWire(view.Suffix));
        var rule = new RuleDocument(view.IdText(), view.Action, pattern, new Place("", line, column));
        return view.Extras.IsEmpty ? rule : ReadExtras(view.Extras, rule);
    }

    /// <summary>Takes a rule's head apart: flags, suffix, id, glob; what is left are extras.</summary>
    internal static (RuleAction Action, PatternKind Kind, int SuffixOctets, bool HasDerivedId, bool HasExtras) ReadHead(ReadOnlySpan<byte> octets) => (
        (octets[0] & DenyFlag) != 0 ? RuleAction.Deny : RuleAction.Allow,
        (PatternKind)((octets[0] >> KindShift) & KindMask),
        WireName.LengthOf(octets[1..]),
        (octets[0] & DerivedIdFlag) != 0,
        (octets[0] & ExtrasFlag) != 0);

    /// <summary>Writes what every rule has.</summary>
    public static void WriteHead(RuleBuffer buffer, RuleAction action, PatternKind kind, ReadOnlySpan<byte> suffix, string id, bool hasExtras)
    {
        Span<byte> derived = stackalloc byte[DerivedIdOctets];
        var isDerived = TryDerived(id, derived);
        buffer.Octet((byte)((action is RuleAction.Deny ? DenyFlag : 0) | ((int)kind << KindShift) | (isDerived ? DerivedIdFlag : 0) | (hasExtras ? ExtrasFlag : 0)));
        buffer.Octets(suffix);
        if (isDerived)
            buffer.Octets(derived);
        else
            buffer.Text(id);
    }

    private static bool TryDerived(string id, Span<byte> octets) =>
        id.Length == DerivedIdPrefix.Length + (2 * DerivedIdOctets)
        && id.StartsWith(DerivedIdPrefix, StringComparison.Ordinal)
        && !id.AsSpan(DerivedIdPrefix.Length).ContainsAnyInRange('A', 'F')
        && Convert.FromHexString(id.AsSpan(DerivedIdPrefix.Length), octets, out _, out _) is System.Buffers.OperationStatus.Done;

    private static Extras ExtrasOf(RuleDocument rule) =>
        (rule.Ports.Equals(PortSet.Default) ? 0 : Extras.Ports)
        | (rule.Types is null ? 0 : Extras.Types)
        | (rule.Expires is null ? 0 : Extras.Expires)
        | (rule.Owner is null ? 0 : Extras.Owner)
        | (rule.Comment is null ? 0 : Extras.Comment)
        | (rule.Ticket is null ? 0 : Extras.Ticket)
        | (rule.AllowsPrivate ? Extras.Private : 0)
        | (rule.RequiresDnssec ? Extras.Dnssec : 0)
        | (rule.Hold is null ? 0 : Extras.Hold)
        | (rule.Pin is null ? 0 : Extras.Pin)
        | (rule.Via is null ? 0 : Extras.Via)
        | (rule.IsBroad ? Extras.Broad : 0)
        | (rule.ConfirmsEverything ? Extras.Everything : 0)
        | (rule.IsWarm ? Extras.Warm : 0);

    private static void WriteExtras(BinaryWriter writer, RuleDocument rule)
    {
        if (!rule.Ports.Equals(PortSet.Default))
        {
            writer.Write7BitEncodedInt(rule.Ports.Ranges.Length);
            foreach (var range in rule.Ports.Ranges)
            {
                writer.Write((byte)range.Protocol);
                writer.Write(range.First);
                writer.Write(range.Last);
            }
        }

        if (rule.Types is { } types)
        {
            writer.Write7BitEncodedInt(types.Count);
            foreach (var type in types)
                writer.Write((ushort)type);
        }

        if (rule.Expires is { } expires)
            writer.Write(expires.UtcTicks);
        foreach (var text in new[] { rule.Owner, rule.Comment, rule.Ticket }.OfType<string>())
            writer.Write(text);
        if (rule.Hold is { } hold)
            writer.Write(hold.Ticks);
        if (rule.Pin is { } pin)
            writer.Write(pin);
        if (rule.Via is { } via)
            writer.Write(via);
    }

    private static RuleDocument ReadExtras(ReadOnlySpan<byte> octets, RuleDocument rule)
    {
        using var reader = new BinaryReader(new MemoryStream(octets.ToArray()), Encoding.UTF8);
        var extras = (Extras)reader.ReadUInt16();
        // In the order in which they were written.
        return rule with
        {
            Ports = extras.HasFlag(Extras.Ports) ? ReadPorts(reader) : PortSet.Default,
            Types = extras.HasFlag(Extras.Types) ? ReadTypes(reader) : null,
            Expires = extras.HasFlag(Extras.Expires) ? new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero) : null,
            Owner = extras.HasFlag(Extras.Owner) ? reader.ReadString() : null,
            Comment = extras.HasFlag(Extras.Comment) ? reader.ReadString() : null,
            Ticket = extras.HasFlag(Extras.Ticket) ? reader.ReadString() : null,
            Hold = extras.HasFlag(Extras.Hold) ? new TimeSpan(reader.ReadInt64()) : null,
            Pin = extras.HasFlag(Extras.Pin) ? reader.ReadInt32() : null,
            Via = extras.HasFlag(Extras.Via) ? reader.ReadString() : null,
            AllowsPrivate = extras.HasFlag(Extras.Private),
            RequiresDnssec = extras.HasFlag(Extras.Dnssec),
            IsBroad = extras.HasFlag(Extras.Broad),
            ConfirmsEverything = extras.HasFlag(Extras.Everything),
            IsWarm = extras.HasFlag(Extras.Warm),
        };
    }

    private static PortSet ReadPorts(BinaryReader reader)
    {
        var ranges = new PortRange[reader.Read7BitEncodedInt()];
        for (var i = 0; i < ranges.Length; i++)
            ranges[i] = new PortRange((TransportProtocol)reader.ReadByte(), reader.ReadUInt16(), reader.ReadUInt16());
        return PortSet.From(ranges);
    }

    private static ImmutableArray<RecordType> ReadTypes(BinaryReader reader)
    {
        var types = new RecordType[reader.Read7BitEncodedInt()];
        for (var i = 0; i < types.Length; i++)
            types[i] = (RecordType)reader.ReadUInt16();
        return [.. types];
    }
}
