using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Wire.Tests.Fuzz;

/// <summary>Feeds one message to everything that reads octets, and asks for what must hold of whatever was read.</summary>
internal sealed class ParserRun : IDisposable
{
    // The scratch ends at a guard too: nobody may write past the 255 octets that are asked for.
    private readonly GuardedPage _message = new(MessageMutator.MaxOctets);
    private readonly GuardedPage _scratch = new(NameLimits.NameOctets);
    private readonly byte[] _written = new byte[MessageMutator.MaxOctets];
    private readonly ushort[] _offsets = new ushort[MessageWriter.CompressionSlots];
    private readonly byte[] _starts = new byte[NameLimits.Labels];
    private readonly ulong[] _hashes = new ulong[NameLimits.Labels];

    /// <summary>How often each error ended the reading of a query.</summary>
    public int[] QueryErrors { get; } = new int[Enum.GetValues<ParseError>().Length];

    /// <summary>How often each error came up while all records of a message were read.</summary>
    public int[] RecordErrors { get; } = new int[Enum.GetValues<ParseError>().Length];

    /// <summary>Reads all there is; returns the records that could be read.</summary>
    public List<RRset> Read(byte[] octets)
    {
        var message = _message.Place(octets);
        ReadQuery(message);
        ReadBare(message);
        return ReadRecords(message);
    }

    /// <summary>What could be read can be written, and comes back as the same records.</summary>
    public void WriteAndReadBack(List<RRset> rrsets)
    {
        var writer = new MessageWriter(_written, _offsets);
        var kept = new List<RRset>();
        foreach (var rrset in rrsets)
        {
            if (writer.WriteRRset(rrset, Section.Answer))
                kept.Add(rrset);
        }

        CompareWithWritten(_written.AsSpan(0, writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError)), kept);
    }

    public void Dispose()
    {
        _message.Dispose();
        _scratch.Dispose();
    }

    private void ReadQuery(ReadOnlySpan<byte> message)
    {
        var error = QuestionView.Read(message, _scratch.Last(NameLimits.NameOctets), out var question);
        QueryErrors[(int)error]++;
        Must(question.QuestionOctets.Length == (question.Name.IsEmpty ? 0 : question.Name.Length + 4), "the question is echoed whole or not at all");
        if (error is not ParseError.None)
            return;
        Must(DomainName.TryFromWire(question.Name, out var name) && name.Octets.SequenceEqual(question.Name), "a QNAME is a canonical name");
        Must(DomainName.TryParse(name!.ToString(), out var again) && again.Equals(name), "a QNAME survives its text");
        Must(NameHash.OfEverySuffix(question.Name, _starts, _hashes) == name.LabelCount && (name.IsRoot || _hashes[0] == name.Hash), "a QNAME is hashed as its name is");
        ReadOptions(question.Edns);
    }

    private List<RRset> ReadRecords(ReadOnlySpan<byte> message)
    {
        var error = MessageReader.Open(message, out var reader);
        var rrsets = new List<RRset>();
        for (var i = 0; error is ParseError.None && i < reader.Header.Questions; i++)
            error = reader.ReadQuestion(_scratch.Last(NameLimits.NameOctets), out _, out _, out _);
        for (var i = 0; error is ParseError.None && i < reader.Header.Answers + reader.Header.Authorities + reader.Header.Additionals; i++)
        {
            error = reader.ReadRecord(out var record);
            if (error is ParseError.None && ReadRecord(record) is { } rrset)
                rrsets.Add(rrset);
        }

        RecordErrors[(int)error]++;
        return rrsets;
    }

    private RRset? ReadRecord(in RecordView record)
    {
        ReadBare(record.Rdata);
        if (record.Type is RecordType.OPT)
        {
            RecordErrors[(int)EdnsView.Read(record, out var edns)]++;
            ReadOptions(edns);
        }

        var error = record.ReadOwner(out var owner);
        var dataError = RdataNames.Expand(record, out var rdata);
        RecordErrors[(int)error]++;
        RecordErrors[(int)dataError]++;
        return error is ParseError.None && dataError is ParseError.None ? new RRset(owner, record.Type, record.Ttl, [rdata]) : null;
    }

    private static void CompareWithWritten(ReadOnlySpan<byte> written, List<RRset> kept)
    {
        Must(MessageReader.Open(written, out var reader) is ParseError.None && reader.Header.Answers == kept.Count, "all records are counted");
        foreach (var rrset in kept)
        {
            Must(reader.ReadRecord(out var record) is ParseError.None && record.Type == rrset.Type && record.Ttl == rrset.Ttl, "a record comes back");
            Must(record.ReadOwner(out var owner) is ParseError.None && owner.Equals(rrset.Owner), "an owner comes back");
            Must(RdataNames.Expand(record, out var rdata) is ParseError.None && AsciiCase.AreEqual(rdata, rrset.Rdatas[0]), "data comes back");
        }

        Must(reader.IsAtEnd, "nothing else comes back");
    }

    // Octets without a message around them, whatever they may be.
    private static void ReadBare(ReadOnlySpan<byte> octets)
    {
        if (SvcbRdata.TryRead(octets, out var svcb))
        {
            // The Target is folded to small letters; the rest stays octet by octet.
            Must(AsciiCase.AreEqual(svcb.ToWire(), octets), "an SVCB record survives");
            Must(SvcbRdata.TryRead(svcb.Rewrite(parameter => parameter.Key is SvcbKey.Ech or SvcbKey.Alpn ? null : parameter.Value).ToWire(), out _), "it can be rewritten");
            foreach (var hint in svcb.Hints)
                Must(hint.GetAddressBytes().Length is 4 or 16, "a hint is an address");
        }

        if (SoaRdata.TryRead(octets, out var soa))
            Must(AsciiCase.AreEqual(soa!.ToWire(), octets), "an SOA record survives");
        Must(DomainName.TryFromWire(octets, out _) == (octets.Length > 0 && WireName.LengthOf(octets) == octets.Length), "both readers of plain names agree");
        AddressRdata.Read(octets);
        ExtendedError.TryRead(octets, out _, out _);
    }

    private static void ReadOptions(EdnsView edns)
    {
        var cookies = edns.TryFind(EdnsView.CookieOption, out var cookie);
        Must(cookies || cookie.IsEmpty, "what is not found is empty");
        if (edns.TryFind(EdnsView.ExtendedErrorOption, out var extended))
            ExtendedError.TryRead(extended, out _, out _);
        edns.TryFind(ushort.MaxValue, out _);
    }

    private static void Must(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"does not hold: {what}");
    }
}
