using System.Buffers.Binary;

namespace DnsGuard.Sync.Netlink;

/// <summary>Expressions of rules, each a few octets of the nf_tables virtual machine. A rule is a chain of them; the first that fails ends it.</summary>
internal sealed class NftExpressions(NetlinkWriter writer)
{
    private const uint Equal = 0;
    private const uint NotEqual = 1;
    private const uint BaseNetwork = 1;
    private const uint BaseTransport = 2;
    private const uint MetaMark = 3;
    private const uint MetaOutInterfaceName = 7;
    private const uint MetaFamily = 15;
    private const uint MetaProtocol = 16;
    private const uint ConntrackState = 0;
    private const uint StateEstablishedOrRelated = 2 | 4;
    private const uint ObjectCounter = 1;

    /// <summary><c>ct state established,related</c></summary>
    public NftExpressions IsEstablished()
    {
        Begin("ct").Put(1, Nft.Register1).Put(2, ConntrackState);
        End();
        Span<byte> mask = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(mask, StateEstablishedOrRelated);
        Begin("bitwise").Put(1, Nft.Register1).Put(2, Nft.Register1).Put(3, 4u);
        Value(4, mask);
        Value(5, [0, 0, 0, 0]);
        End();
        return Compare(Nft.Register1, NotEqual, [0, 0, 0, 0]);
    }

    /// <summary><c>meta nfproto ipv4</c> or <c>ipv6</c></summary>
    public NftExpressions IsFamily(bool isIPv4)
    {
        Meta(MetaFamily, Nft.Register1);
        return Compare(Nft.Register1, Equal, [(byte)(isIPv4 ? 2 : 10)]);
    }

    /// <summary><c>meta l4proto</c></summary>
    public NftExpressions IsProtocol(byte protocol)
    {
        Meta(MetaProtocol, Nft.Register1);
        return Compare(Nft.Register1, Equal, [protocol]);
    }

    /// <summary><c>meta mark</c></summary>
    public NftExpressions HasMark(uint mark)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(octets, mark);
        Meta(MetaMark, Nft.Register1);
        return Compare(Nft.Register1, Equal, octets);
    }

    /// <summary><c>oifname</c></summary>
    public NftExpressions LeavesBy(string interfaceName)
    {
        Span<byte> name = stackalloc byte[16];
        name.Clear();
        System.Text.Encoding.ASCII.GetBytes(interfaceName.AsSpan(0, Math.Min(15, interfaceName.Length)), name);
        Meta(MetaOutInterfaceName, Nft.Register1);
        return Compare(Nft.Register1, Equal, name);
    }

    /// <summary><c>th dport FIRST-LAST</c>; the protocol must have been matched already.</summary>
    public NftExpressions GoesToPorts(ushort first, ushort last)
    {
        Payload(BaseTransport, 2, 2, Nft.Register1);
        Span<byte> from = stackalloc byte[2];
        Span<byte> to = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(from, first);
        BinaryPrimitives.WriteUInt16BigEndian(to, last);
        // The nft program lists a range of one port, and then does not read what it has listed.
        if (first == last)
            return Compare(Nft.Register1, Equal, from);
        Begin("range").Put(1, Nft.Register1).Put(2, Equal);
        Value(3, from);
        Value(4, to);
        return End();
    }

    /// <summary><c>th dport @set</c></summary>
    public NftExpressions PortIsIn(string set)
    {
        Payload(BaseTransport, 2, 2, Nft.Register1);
        return Lookup(set, Nft.Register1);
    }

    /// <summary><c>icmpv6 type FIRST-LAST</c></summary>
    public NftExpressions IsIcmp6(byte first, byte last)
    {
        IsProtocol(58);
        Payload(BaseTransport, 0, 1, Nft.Register1);
        if (first == last)
            return Compare(Nft.Register1, Equal, [first]);
        Begin("range").Put(1, Nft.Register1).Put(2, Equal);
        Value(3, [first]);
        Value(4, [last]);
        return End();
    }

    /// <summary><c>ip saddr vmap @map</c>: on to the chain of the client's group.</summary>
    public NftExpressions JumpBySource(bool isIPv4, string map)
    {
        Payload(BaseNetwork, isIPv4 ? 12u : 8u, isIPv4 ? 4u : 16u, Nft.Register1);
        Begin("lookup").Put(1, map).Put(2, Nft.Register1).Put(3, Nft.RegisterVerdict);
        return End();
    }

    /// <summary><c>ip saddr @set</c></summary>
    public NftExpressions SourceIsIn(bool isIPv4, string set)
    {
        Payload(BaseNetwork, isIPv4 ? 12u : 8u, isIPv4 ? 4u : 16u, Nft.Register1);
        return Lookup(set, Nft.Register1);
    }

    /// <summary><c>ip daddr @set</c></summary>
    public NftExpressions DestinationIsIn(bool isIPv4, string set)
    {
        Payload(BaseNetwork, isIPv4 ? 16u : 24u, isIPv4 ? 4u : 16u, Nft.Register1);
        return Lookup(set, Nft.Register1);
    }

    /// <summary><c>ip daddr . meta l4proto . th dport @set</c>: each part fills whole registers of four octets.</summary>
    public NftExpressions ServiceIsIn(bool isIPv4, string set)
    {
        var protocolRegister = Nft.FirstShortRegister + (isIPv4 ? 1u : 4u);
        Payload(BaseNetwork, isIPv4 ? 16u : 24u, isIPv4 ? 4u : 16u, Nft.FirstShortRegister);
        Meta(MetaProtocol, protocolRegister);
        Payload(BaseTransport, 2, 2, protocolRegister + 1);
        return Lookup(set, Nft.FirstShortRegister);
    }

    /// <summary><c>counter name</c></summary>
    public NftExpressions Count(string counter)
    {
        Begin("objref").Put(1, ObjectCounter).Put(2, counter);
        return End();
    }

    /// <summary><c>masquerade</c></summary>
    public NftExpressions Masquerade()
    {
        Begin("masq");
        return End();
    }

    /// <summary><c>accept</c>, <c>drop</c>, or <c>jump chain</c></summary>
    public NftExpressions Verdict(int code, string? chain = null)
    {
        Begin("immediate").Put(1, Nft.RegisterVerdict).Open(2);
        PutVerdict(writer, code, chain);
        writer.Close();
        return End();
    }

    /// <summary>A verdict as data: of an immediate expression, or of an element of a map.</summary>
    public static void PutVerdict(NetlinkWriter writer, int code, string? chain)
    {
        writer.Open(2).Put(1, unchecked((uint)code));
        if (chain is not null)
            writer.Put(2, chain);
        writer.Close();
    }

    private NetlinkWriter Begin(string name) => writer.Open(1).Put(1, name).Open(2);

    private NftExpressions End()
    {
        writer.Close().Close();
        return this;
    }

    private void Value(ushort attribute, ReadOnlySpan<byte> value) => writer.Open(attribute).Put(1, value).Close();

    private void Meta(uint key, uint register)
    {
        Begin("meta").Put(1, register).Put(2, key);
        End();
    }

    private void Payload(uint from, uint offset, uint octets, uint register)
    {
        Begin("payload").Put(1, register).Put(2, from).Put(3, offset).Put(4, octets);
        End();
    }

    private NftExpressions Compare(uint register, uint operation, ReadOnlySpan<byte> value)
    {
        Begin("cmp").Put(1, register).Put(2, operation);
        Value(3, value);
        return End();
    }

    private NftExpressions Lookup(string set, uint register)
    {
        Begin("lookup").Put(1, set).Put(2, register);
        return End();
    }
}
