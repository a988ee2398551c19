using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.Records;

public class RRsetTests
{
    private static readonly RRset Rrset = new(DomainName.Parse("example.com"), RecordType.A, 300, [[192, 0, 2, 1]]);

    [Fact]
    public void Another_TTL_leaves_the_records_alone()
    {
        var other = Rrset.WithTtl(60);

        Assert.Equal(60u, other.Ttl);
        Assert.Same(Rrset.Rdatas, other.Rdatas);
        Assert.Equal(300u, Rrset.Ttl);
    }

    [Fact]
    public void The_same_TTL_makes_no_copy() => Assert.Same(Rrset, Rrset.WithTtl(300));
}
