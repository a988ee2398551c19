using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests;

/// <summary>Composes octets piece by piece, without a line of the code under test.</summary>
internal sealed class WireBuilder
{
    private readonly List<byte> _octets = [];

    public int Length => _octets.Count;

    public byte[] ToArray() => [.. _octets];

    public WireBuilder Header(int flags = 0x0100, int questions = 0, int answers = 0, int authorities = 0, int additionals = 0, int id = 0x1234) =>
        U16(id).U16(flags).U16(questions).U16(answers).U16(authorities).U16(additionals);

    /// <summary>A name without escapes; its letters are kept.</summary>
    public WireBuilder Name(string dotted)
    {
        Labels(dotted);
        return U8(0);
    }

    /// <summary>Labels without a root, for a pointer to follow.</summary>
    public WireBuilder Labels(string dotted)
    {
        foreach (var label in dotted.Split('.', StringSplitOptions.RemoveEmptyEntries))
            U8(label.Length).Raw([.. label.Select(character => (byte)character)]);
        return this;
    }

    public WireBuilder Pointer(int target) => U16(0xC000 | target);

    public WireBuilder Question(string name, RecordType type = RecordType.A, int recordClass = 1) => Name(name).U16((int)type).U16(recordClass);

    public WireBuilder Record(string owner, RecordType type, byte[] rdata, uint ttl = 300, int recordClass = 1) =>
        Name(owner).U16((int)type).U16(recordClass).U32(ttl).U16(rdata.Length).Raw(rdata);

    /// <summary>A record whose RDATA is composed in place, so that pointers in it can be reckoned from <see cref="Length"/>.</summary>
    public WireBuilder Record(string owner, RecordType type, Action<WireBuilder> rdata)
    {
        Name(owner).U16((int)type).U16(1).U32(300).U16(0);
        var start = Length;
        rdata(this);
        var octets = Length - start;
        (_octets[start - 2], _octets[start - 1]) = ((byte)(octets >> 8), (byte)octets);
        return this;
    }

    public WireBuilder Opt(byte[]? options = null, int payload = 1232, uint ttl = 0) =>
        Record("", RecordType.OPT, options ?? [], ttl, payload);

    public WireBuilder Hex(string digits) => Raw(Octets.Hex(digits));

    public WireBuilder U8(int value) => Raw([(byte)value]);

    public WireBuilder U16(int value) => Raw([(byte)(value >> 8), (byte)value]);

    public WireBuilder U32(uint value) => U16((int)(value >> 16)).U16((int)(value & 0xFFFF));

    public WireBuilder Raw(byte[] octets)
    {
        _octets.AddRange(octets);
        return this;
    }
}
