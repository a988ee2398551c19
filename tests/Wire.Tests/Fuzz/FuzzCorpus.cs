using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.Fuzz;

/// <summary>What mutation starts from: messages of every kind, sound ones and a few that only just are not.</summary>
internal static class FuzzCorpus
{
    private const int Response = 0x8180;
    private static readonly byte[] Numbers = Octets.Hex("0000000100000002000000030000000400000005");
    private static readonly byte[] Cookie = Octets.Option(10, 1, 2, 3, 4, 5, 6, 7, 8);

    public static byte[][] Messages { get; } = [.. Queries(), .. Answers(), .. Extremes()];

    /// <summary>As many records as we read: each takes as long as a thousand others.</summary>
    public static byte[][] LargeMessages { get; } = [Many(999, labels: 3), Many(1_000, labels: 120)];

    private static IEnumerable<byte[]> Queries()
    {
        yield return Query().Question("www.example.com").ToArray();
        yield return Query().Question("WwW.eXaMpLe.CoM", RecordType.AAAA).ToArray();
        yield return Query().Question("", RecordType.NS).ToArray();
        yield return Query().Question("version.bind", RecordType.TXT, 3).ToArray();
        yield return Query(1).Question("www.example.com", RecordType.HTTPS).Opt().ToArray();
        yield return Query(1).Question("www.example.com").Opt(Cookie, ttl: 0x8000).ToArray();
        yield return Query(1).Question("www.example.com").Opt([.. Enumerable.Repeat(Octets.Option(12, 0), 16).SelectMany(option => option)]).ToArray();
        yield return Query(1).Question("www.example.com").Opt([.. Enumerable.Repeat(Octets.Option(12), 17).SelectMany(option => option)]).ToArray();
        yield return Query(2).Question("a").Opt().Opt().ToArray();
        yield return Query(2).Question("a").Opt().Record("key", RecordType.TSIG, new byte[40]).ToArray();
        yield return new WireBuilder().Header(questions: 1, authorities: 1).Question("a", RecordType.IXFR).Record("a", RecordType.SOA, [0, 0, .. Numbers]).ToArray();
    }

    private static IEnumerable<byte[]> Answers()
    {
        yield return Answer(2).Record("www.a", RecordType.CNAME, rdata => rdata.Labels("x").Pointer(16)).Record("x.a", RecordType.A, [192, 0, 2, 1]).ToArray();
        yield return Answer(1).Record("a", RecordType.AAAA, new byte[16]).ToArray();
        yield return Answer(3).Record("a", RecordType.NS, rdata => rdata.Labels("ns").Pointer(12)).Record("a", RecordType.MX, rdata => rdata.U16(10).Pointer(12))
            .Record("a", RecordType.SRV, rdata => rdata.U16(1).U16(2).U16(53).Labels("s").Pointer(16)).ToArray();
        yield return new WireBuilder().Header(Response | 3, 1, 0, 1, 1).Question("nx.a")
            .Record("a", RecordType.SOA, rdata => rdata.Labels("ns").Pointer(12).Labels("mail").Pointer(15).Raw(Numbers)).Opt(Octets.Option(15, 0, 15, 33)).ToArray();
        yield return Answer(2).Record("a", RecordType.HTTPS, Octets.Hex("0001 00 0000 0002 0004 0001 0003 026832 0004 0008 C0000201 C0000202 0005 0003 010203"))
            .Record("a", RecordType.SVCB, Octets.Hex("0000 03666F6F 00")).ToArray();
        yield return Answer(1).Record("a", RecordType.HTTPS, Octets.Hex("0001 00 0006 0010 20010DB8000000000000000000000001 029B 0000")).ToArray();
        yield return Answer(3).Record("a", RecordType.TXT, Octets.Hex("03616263 00 0164")).Record("a", RecordType.NULL, [])
            .Record("a", (RecordType)65280, Octets.Hex("C00C C00C")).ToArray();
        yield return Answer(2).Record("b.a", RecordType.DNAME, rdata => rdata.Name("c.d")).Record("4.3.2.1.in-addr.arpa", RecordType.PTR, rdata => rdata.Pointer(12)).ToArray();
        yield return new WireBuilder().Header(Response, 0, 1).Record("", RecordType.NS, rdata => rdata.Pointer(12)).ToArray();
    }

    private static IEnumerable<byte[]> Extremes()
    {
        yield return new WireBuilder().Header().ToArray();
        yield return Query().Raw(Octets.NameOfOctets(255)).U16(1).U16(1).ToArray();
        yield return Query().Question(string.Join('.', Enumerable.Repeat('a', 127))).ToArray();
        yield return Query().Raw(Octets.NameOfOctets(256)).U16(1).U16(1).ToArray();
        yield return Chain(31);
        yield return Chain(33);
    }

    // Each owner is a label in front of a pointer to the owner before.
    private static byte[] Chain(int records)
    {
        var message = Answer(records);
        var owner = 12;
        for (var i = 0; i < records; i++)
        {
            var here = message.Length;
            message.Labels("x").Pointer(owner).U16(1).U16(1).U32(60).U16(4).U32(0xC0000201);
            owner = here;
        }

        return message.ToArray();
    }

    // Owners and targets all point at one long name: the most work for the fewest octets.
    private static byte[] Many(int records, int labels)
    {
        var message = new WireBuilder().Header(Response, 1, records).Question(string.Join('.', Enumerable.Repeat('x', labels)));
        for (var i = 0; i < records; i++)
            message.Pointer(12).U16((int)RecordType.MX).U16(1).U32(60).U16(4).U16(i).Pointer(12);
        return message.ToArray();
    }

    private static WireBuilder Query(int additionals = 0) => new WireBuilder().Header(questions: 1, additionals: additionals);

    private static WireBuilder Answer(int answers) => new WireBuilder().Header(Response, 1, answers).Question("www.a");
}
