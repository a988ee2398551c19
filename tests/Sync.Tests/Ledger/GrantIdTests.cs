using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Ledger;
using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Tests.Ledger;

public sealed class GrantIdTests
{
    [Theory]
    [InlineData("payments", "192.0.2.1", "tcp/443", "payments~192.0.2.1~tcp-443")]
    [InlineData("a-b", "2001:db8::1", "udp/8000-8080", "a-b~2001:db8::1~udp-8000-8080")]
    [InlineData("x", "::", "any", "x~::~any")]
    public void An_id_says_what_it_stands_for(string group, string address, string ports, string id)
    {
        Assert.True(PortRange.TryParse(ports, out var range));
        var entry = new AllowEntry(group, Policies.Address(address), range);
        Assert.Equal(id, GrantId.Write(entry));
        Assert.True(GrantId.TryRead(id, out var read));
        Assert.Equal(entry, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("~~")]
    [InlineData("web~192.0.2.1")]
    [InlineData("web~192.0.2.1~tcp/443~")]
    [InlineData("web~192.0.2.256~tcp-443")]
    [InlineData("web~192.0.2.1~tcp-0")]
    [InlineData("web~192.0.2.1~sctp-443")]
    [InlineData("web~192.0.2.1~tcp-443-80")]
    public void What_is_no_id_is_not_read(string id) => Assert.False(GrantId.TryRead(id, out _));
}
