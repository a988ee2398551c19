using DnsGuard.Policy.Documents;
using FsCheck.Fluent;

namespace DnsGuard.Policy.Tests.Documents;

public class PortRangeTests
{
    [Theory]
    [InlineData("tcp/443", TransportProtocol.Tcp, 443, 443, true)]
    [InlineData("udp/1", TransportProtocol.Udp, 1, 1, true)]
    [InlineData("udp/65535", TransportProtocol.Udp, 65535, 65535, true)]
    [InlineData("tcp/8000-8080", TransportProtocol.Tcp, 8000, 8080, false)]
    [InlineData("tcp/1-65535", TransportProtocol.Tcp, 1, 65535, false)]
    [InlineData("tcp/80-80", TransportProtocol.Tcp, 80, 80, true)]
    [InlineData("any", TransportProtocol.Any, 0, 65535, false)]
    public void Protocol_and_ports_are_a_range(string text, TransportProtocol protocol, int first, int last, bool isSingle)
    {
        Assert.True(PortRange.TryParse(text, out var range));
        Assert.Equal(new PortRange(protocol, (ushort)first, (ushort)last), range);
        Assert.Equal(isSingle, range.IsSingle);
    }

    [Theory]
    [InlineData("")]
    [InlineData("443")]
    [InlineData("tcp")]
    [InlineData("tcp/")]
    [InlineData("tcp/0")]
    [InlineData("tcp/0-80")]
    [InlineData("tcp/65536")]
    [InlineData("tcp/80-65536")]
    [InlineData("tcp/81-80")]
    [InlineData("tcp/80-")]
    [InlineData("tcp/-80")]
    [InlineData("tcp/1-2-3")]
    [InlineData("tcp/ 80")]
    [InlineData("tcp/80 ")]
    [InlineData("tcp/+80")]
    [InlineData("tcp/0x50")]
    [InlineData("tcp/\u0661")]
    [InlineData("tcp/https")]
    [InlineData("TCP/80")]
    [InlineData("Any")]
    [InlineData("any/80")]
    [InlineData("sctp/80")]
    [InlineData("icmp")]
    [InlineData("tcp/80,tcp/443")]
    public void Anything_else_is_none(string text) => Assert.False(PortRange.TryParse(text, out _));

    [Fact]
    public void Any_range_survives_its_own_text() => Properties.Holds(Prop.ForAll(PolicyGenerator.PortRanges.ToArbitrary(), range =>
        PortRange.TryParse(range.ToString(), out var read) && read == range));
}
