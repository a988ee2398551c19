using System.Net;
using System.Net.Sockets;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.TestKit;

/// <summary>Signed zones on real sockets, from the trust anchor down.</summary>
public sealed class SignedInternetTests : IDisposable
{
    private const ushort BadCookie = 23;

    private readonly SignedInternet _internet = new();

    public void Dispose() => _internet.Dispose();

    [Fact]
    public void The_chain_of_trust_reaches_a_zone_of_five_lines()
    {
        var zone = _internet.Zone("example.com", "www A 93.184.216.34\n");
        var anchor = ToyServer.Records(_internet.TrustAnchors)[0];
        var com = Trusted(_internet.Root, ".", anchor, "com");
        var example = Trusted(_internet.Com, "com", com, "example.com");
        var keys = Keys(zone, "example.com", example);
        var answer = Ask(zone, "www.example.com", RecordType.A);
        Assert.Contains(keys, key => ToySigner.Verify(Set(answer, RecordType.A), Set(answer, RecordType.RRSIG).Rdatas[0], key));
    }

    [Theory]
    [InlineData(ZoneTrust.Secure, true, true)]
    [InlineData(ZoneTrust.Unsigned, false, false)]
    [InlineData(ZoneTrust.Island, false, true)]
    [InlineData(ZoneTrust.ForeignDs, true, true)]
    [InlineData(ZoneTrust.Stripped, true, false)]
    [InlineData(ZoneTrust.UnknownDigest, true, true)]
    [InlineData(ZoneTrust.UnknownAlgorithm, true, true)]
    public void Parent_and_child_say_what_the_kind_of_zone_wants(ZoneTrust trust, bool hasDs, bool isSigned)
    {
        var zone = _internet.Zone("example.com", "www A 93.184.216.34\n", trust);
        var referral = Ask(_internet.Com, "www.example.com", RecordType.A);
        Assert.Equal(hasDs, referral.Exists(set => set.Type is RecordType.DS));
        Assert.Equal(!hasDs, referral.Exists(set => set.Type is RecordType.NSEC));
        Assert.Equal(isSigned, Ask(zone, "www.example.com", RecordType.A).Exists(set => set.Type is RecordType.RRSIG));
        Assert.Equal(isSigned, Ask(zone, "example.com", RecordType.DNSKEY).Exists(set => set.Type is RecordType.DNSKEY));
    }

    [Fact]
    public void A_zone_may_be_signed_anew_and_its_children_stay()
    {
        _internet.Zone("example.com", "www A 93.184.216.34\n");
        var anchor = _internet.TrustAnchors;
        _internet.Zone("com", "", signing: new ToySigning { Denial = ToyDenial.Nsec3 });
        Assert.Equal(anchor, _internet.TrustAnchors);
        Trusted(_internet.Com, "com", Trusted(_internet.Root, ".", ToyServer.Records(anchor)[0], "com"), "example.com");
        Assert.Contains(Ask(_internet.Com, "nothing.com", RecordType.A), set => set.Type is RecordType.NSEC3);
    }

    [Fact]
    public void A_zone_in_between_takes_over_what_lies_below_it()
    {
        _internet.Zone("a.b.com", "www A 93.184.216.34\n");
        var between = _internet.Zone("b.com", "");
        Assert.Equal("b.com", Set(Ask(_internet.Com, "www.a.b.com", RecordType.A), RecordType.DS).Owner.ToString());
        Assert.Equal("a.b.com", Set(Ask(between, "www.a.b.com", RecordType.A), RecordType.DS).Owner.ToString());
    }

    [Fact]
    public void Parent_and_child_may_share_a_server()
    {
        _internet.Zone("example.com", "www A 93.184.216.34\n", on: _internet.Com);
        Assert.Contains(Ask(_internet.Com, "www.example.com", RecordType.A), set => set.Type is RecordType.A);
        var ds = Ask(_internet.Com, "example.com", RecordType.DS);
        Assert.Equal(_internet.Keys("com")[1].Tag, Tag(Set(ds, RecordType.RRSIG).Rdatas[0]));
    }

    [Fact]
    public void A_reply_has_the_letters_and_the_EDNS_of_its_query()
    {
        var query = Query("wWw.cOm", RecordType.A, edns: true);
        var reply = Send(_internet.Com, query);
        Assert.Equal(query[12..25], reply[12..25]);
        Assert.Equal(ParseError.None, Open(reply, out var edns));
        Assert.Equal((true, true, (ushort)1_232), (edns.IsPresent, edns.IsDnssecOk, edns.UdpPayloadOctets));
        var asked = Assert.Single(_internet.Com.Asked);
        Assert.Equal("\u0003wWw\u0003cOm\0"u8.ToArray(), asked.NameOctets);
        Assert.Equal((true, true, (ushort)4_096, 0), (asked.HasEdns, asked.DnssecOk, asked.UdpPayloadOctets, asked.Cookie!.Length - 8));
        Assert.Equal(_internet.Com.Endpoint, asked.To);
        Assert.Equal(IPAddress.Loopback, asked.From!.Address);
    }

    [Fact]
    public void A_reply_to_a_query_without_EDNS_has_none()
    {
        Assert.Equal(ParseError.None, Open(Send(_internet.Com, Query("www.com", RecordType.A, edns: false)), out var edns));
        Assert.False(edns.IsPresent);
    }

    [Fact]
    public void A_script_may_drop_letters_and_EDNS()
    {
        _internet.Com.That((_, reply) => (reply.KeepsCase, reply.HasEdns) = (false, false));
        var reply = Send(_internet.Com, Query("WWW.COM", RecordType.A, edns: true));
        Assert.Equal("\u0003www\u0003com\0"u8.ToArray(), reply[12..21]);
        Assert.Equal(ParseError.None, Open(reply, out var edns));
        Assert.False(edns.IsPresent);
    }

    [Fact]
    public void A_script_may_add_options_and_a_long_response_code()
    {
        _internet.Com.That((query, reply) =>
        {
            reply.Code = (ResponseCode)BadCookie;
            reply.Options.Add((EdnsView.CookieOption, [.. query.Cookie!, 1, 2, 3, 4, 5, 6, 7, 8]));
            reply.Options.Add((65_001, []));
        });
        var reply = Send(_internet.Com, Query("www.com", RecordType.A, edns: true));
        Assert.Equal(ParseError.None, Open(reply, out var edns));
        Assert.Equal(BadCookie, (edns.ExtendedResponseCodeBits << 4) | (reply[3] & 0xF));
        Assert.True(edns.TryFind(EdnsView.CookieOption, out var cookie));
        Assert.Equal(16, cookie.Length);
        Assert.True(edns.TryFind(65_001, out _));
    }

    // The DS set of a child, once the parent's keys and the DS itself are found to be signed as the DS of the parent says.
    private static RRset Trusted(ToyServer server, string apex, RRset ds, string child)
    {
        var keys = Keys(server, apex, ds);
        var referral = Ask(server, "x." + child, RecordType.A);
        var found = Set(referral, RecordType.DS);
        Assert.Contains(keys, key => ToySigner.Verify(found, referral[referral.IndexOf(found) + 1].Rdatas[0], key));
        return found;
    }

    private static List<ToyKey> Keys(ToyServer server, string apex, RRset ds)
    {
        var reply = Ask(server, apex, RecordType.DNSKEY);
        var set = Set(reply, RecordType.DNSKEY);
        var keys = set.Rdatas.Select(rdata => ToyKey.FromRdata(rdata)).ToList();
        var entry = keys.Single(key => key.DsRdata(DomainName.Parse(apex)).AsSpan().SequenceEqual(ds.Rdatas[0]));
        Assert.True(ToySigner.Verify(set, Set(reply, RecordType.RRSIG).Rdatas[0], entry));
        return keys;
    }

    private static RRset Set(List<RRset> sets, RecordType type) => sets.First(set => set.Type == type);

    private static int Tag(byte[] rrsig) => (rrsig[16] << 8) | rrsig[17];

    // Every record as a set of its own where owner or type change: enough for sets that stand together.
    private static List<RRset> Ask(ToyServer server, string name, RecordType type)
    {
        var sets = new List<RRset>();
        var reply = Send(server, Query(name, type, edns: true));
        Assert.Equal(ParseError.None, MessageReader.Open(reply, out var reader));
        reader.ReadQuestion(new byte[255], out _, out _, out _);
        while (!reader.IsAtEnd)
        {
            Assert.Equal(ParseError.None, reader.ReadRecord(out var record));
            record.ReadOwner(out var owner);
            Assert.Equal(ParseError.None, DnsGuard.Wire.Records.Rdata.RdataNames.Expand(record, out var rdata));
            if (sets.Count > 0 && sets[^1].Owner.Equals(owner) && sets[^1].Type == record.Type)
                sets[^1] = sets[^1] with { Rdatas = [.. sets[^1].Rdatas, rdata] };
            else
                sets.Add(new RRset(owner, record.Type, record.Ttl, [rdata]));
        }

        return sets;
    }

    private static ParseError Open(byte[] reply, out EdnsView edns)
    {
        edns = default;
        var error = MessageReader.Open(reply, out var reader);
        reader.ReadQuestion(new byte[255], out _, out _, out _);
        while (error is ParseError.None && !reader.IsAtEnd)
        {
            error = reader.ReadRecord(out var record);
            if (error is ParseError.None && record.Type is RecordType.OPT)
                error = EdnsView.Read(record, out edns);
        }

        return error;
    }

    private static byte[] Query(string name, RecordType type, bool edns)
    {
        var wire = new byte[255];
        Assert.True(NameText.TryRead(name, wire, out var octets));
        byte[] opt = [0, 0, 41, 16, 0, 0, 0, 0x80, 0, 0, 12, 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8];
        return [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(edns ? 1 : 0), .. wire.AsSpan(0, octets), (byte)((int)type >> 8), (byte)type, 0, 1, .. edns ? opt : []];
    }

    private static byte[] Send(ToyServer server, byte[] query)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5_000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Connect(server.Endpoint);
        socket.Send(query);
        var buffer = new byte[ushort.MaxValue];
        return buffer[..socket.Receive(buffer)];
    }
}
