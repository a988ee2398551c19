using DnsGuard.Dnssec.Denial;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Tests;
using DnsGuard.Wire.Tests.Names;
using FsCheck.Fluent;

namespace DnsGuard.Dnssec.Tests.Denial;

/// <summary>RFC 5155 §5 and appendix A.</summary>
public sealed class Nsec3HashTests
{
    [Theory]
    [InlineData("example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom")]
    [InlineData("a.example", "35mthgpgcu1qg68fab165klnsnk3dpvl")]
    [InlineData("*.w.example", "r53bq7cc2uvmubfu5ocmm6pers9tk9en")]
    public void Names_hash_to_what_appendix_A_prints(string name, string hash) =>
        Assert.Equal(Nsec3Hash.FromOwner(DomainName.Parse(hash + ".example")), Nsec3Hash.Of(DomainName.Parse(name), [0xAA, 0xBB, 0xCC, 0xDD], 12));

    [Fact]
    public void Names_hash_to_what_the_other_reading_gives_them_whatever_the_salt() =>
        Properties.Holds(Prop.ForAll(NameGenerator.Names, NameGenerator.Wire, static (name, salt) =>
        {
            var hash = ToyNsec3.Hash(name, salt, salt.Length % 5);
            return Nsec3Hash.Of(name, salt, salt.Length % 5).AsSpan().SequenceEqual(hash)
                && Nsec3Hash.FromOwner(DomainName.Parse(ToyNsec3.Text(hash).ToUpperInvariant() + ".example")).AsSpan().SequenceEqual(hash);
        }));

    [Theory]
    [InlineData("example")]
    [InlineData("0p9mhaveqvm6t7vbl5lop2u3t2rp3to.example")]
    [InlineData("0p9mhaveqvm6t7vbl5lop2u3t2rp3tomm.example")]
    [InlineData("wp9mhaveqvm6t7vbl5lop2u3t2rp3tom.example")]
    [InlineData("-p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example")]
    [InlineData(".")]
    public void Owners_that_spell_no_hash_have_none(string owner) => Assert.Null(Nsec3Hash.FromOwner(DomainName.Parse(owner)));
}
