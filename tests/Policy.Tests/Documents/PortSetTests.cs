using DnsGuard.Policy.Documents;
using FsCheck.Fluent;

namespace DnsGuard.Policy.Tests.Documents;

public class PortSetTests
{
    [Theory]
    [InlineData("tcp/443 tcp/80", "tcp/80, tcp/443")]
    [InlineData("udp/1 tcp/2", "tcp/2, udp/1")]
    [InlineData("tcp/1 tcp/1", "tcp/1")]
    [InlineData("tcp/8000-8080 tcp/8040", "tcp/8000-8080")]
    [InlineData("tcp/8000-8080 tcp/8040-9000", "tcp/8000-9000")]
    [InlineData("tcp/8040-9000 tcp/8000-8080 tcp/7000-9999", "tcp/7000-9999")]
    [InlineData("tcp/80 tcp/81", "tcp/80-81")]
    [InlineData("tcp/80 tcp/82", "tcp/80, tcp/82")]
    [InlineData("tcp/80 udp/80", "tcp/80, udp/80")]
    [InlineData("tcp/65535 tcp/65534", "tcp/65534-65535")]
    [InlineData("tcp/1-65535 tcp/65535", "tcp/1-65535")]
    [InlineData("tcp/80 any udp/53", "any")]
    public void Equal_sets_have_one_form_however_they_are_written(string ranges, string form)
    {
        Assert.Equal(form, Set(ranges).ToString());
        Assert.Equal(Set(form.Replace(",", "", StringComparison.Ordinal)), Set(ranges));
        Assert.Equal(Set(form.Replace(",", "", StringComparison.Ordinal)).GetHashCode(), Set(ranges).GetHashCode());
    }

    [Fact]
    public void The_default_is_https_and_http_over_tcp() => Assert.Equal("tcp/80, tcp/443", PortSet.Default.ToString());

    [Fact]
    public void A_union_opens_exactly_what_either_set_opens() => Properties.Holds(Prop.ForAll(PolicyGenerator.PortSets.ToArbitrary(), PolicyGenerator.PortSets.ToArbitrary(), (left, right) =>
    {
        var union = left.Union(right);
        return union.Equals(right.Union(left)) && Probes.All(port => Opens(union, port) == (Opens(left, port) || Opens(right, port)));
    }));

    [Fact]
    public void Ranges_of_a_set_are_sorted_and_disjoint() => Properties.Holds(Prop.ForAll(PolicyGenerator.PortSets.ToArbitrary(), set =>
        set.Ranges.Zip(set.Ranges.Skip(1)).All(pair => pair.First.Protocol < pair.Second.Protocol || pair.First.Last + 1 < pair.Second.First)));

    private static IEnumerable<(TransportProtocol Protocol, int Port)> Probes =>
        from protocol in new[] { TransportProtocol.Tcp, TransportProtocol.Udp }
        from port in Enumerable.Range(1, 24).Concat([65534, 65535])
        select (protocol, port);

    private static bool Opens(PortSet set, (TransportProtocol Protocol, int Port) probe) => set.Ranges.Any(range =>
        range.Protocol is TransportProtocol.Any || (range.Protocol == probe.Protocol && range.First <= probe.Port && probe.Port <= range.Last));

    private static PortSet Set(string ranges) => PortSet.From(ranges.Split(' ').Select(text =>
        PortRange.TryParse(text, out var range) ? range : throw new FormatException(text)));
}
