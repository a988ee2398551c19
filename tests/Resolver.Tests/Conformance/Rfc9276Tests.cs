using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 9276 §3.2: NSEC3 with too many iterations is answered as insecure, with a code that says why.</summary>
public sealed class Rfc9276Tests : SignedTests
{
    [Theory]
    [InlineData(0, "Secure")]
    [InlineData(1, "Secure")]
    [InlineData(50, "Secure")]
    [InlineData(51, "Insecure")]
    [InlineData(150, "Insecure")]
    [InlineData(2_500, "Insecure")]
    [InlineData(65_535, "Insecure")]
    public async Task S3_2_Beyond_the_limit_a_denial_is_insecure(int iterations, string expected)
    {
        Net.Zone("example.com", One, signing: new ToySigning { Denial = ToyDenial.Nsec3, Iterations = iterations });
        await using var guard = NewGuard();
        foreach (var (name, type, code) in new[] { ("no", RecordType.A, ResponseCode.NameError), ("www", RecordType.TXT, ResponseCode.NoError) })
        {
            var reply = await Ask(guard, $"{name}.example.com", type);
            Assert.Equal((code, expected), (reply.Code, Word(reply)));
            Assert.Equal(expected == "Secure" ? ExtendedErrorCode.None : ExtendedErrorCode.UnsupportedNsec3Iterations, reply.Error);
        }

        // What needs no proof is as secure as ever.
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task S3_2_The_limit_is_the_operators(int limit)
    {
        Net.Zone("example.com", One, signing: new ToySigning { Denial = ToyDenial.Nsec3, Iterations = 60 });
        Assert.Equal(limit < 60 ? "Insecure" : "Secure", await JudgeAfresh("no.example.com", configure: options => options with { MaxNsec3Iterations = limit }));
    }

    [Fact]
    public async Task S3_2_A_wildcard_whose_proof_costs_too_much_is_insecure()
    {
        Net.Zone("example.com", "*.w A 93.184.216.36\n", signing: new ToySigning { Denial = ToyDenial.Nsec3, Iterations = 150 });
        await using var guard = NewGuard();
        var reply = await Ask(guard, "x.w.example.com");
        Assert.Equal(("Insecure", ExtendedErrorCode.UnsupportedNsec3Iterations, "93.184.216.36"), (Word(reply), reply.Error, reply.Addresses));
    }

    [Fact]
    public async Task S3_2_An_unsigned_zone_below_one_with_too_many_iterations_is_insecure_and_says_why()
    {
        ComSigning = new ToySigning { Denial = ToyDenial.Nsec3, Iterations = 150 };
        Net.Zone("plain.com", One, ZoneTrust.Unsigned);
        Net.Zone("example.com", One);
        await using var guard = NewGuard();
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
        var reply = await Ask(guard, "www.plain.com");
        Assert.Equal(("Insecure", ExtendedErrorCode.UnsupportedNsec3Iterations), (Word(reply), reply.Error));
    }

    [Fact]
    public async Task S3_2_Iterations_do_not_help_where_the_records_are_not_signed()
    {
        // Insecure is for what the zone itself signed: a forger may not choose it.
        Net.Zone("example.com", One).That((query, reply) =>
        {
            if (!query.Name.Equals(Name("no.example.com")))
                return;
            Empty(reply, ResponseCode.NameError);
            Add(reply.Authorities, Set("example.com. 60 SOA ns.example.com. h.example.com. 1 2 3 4 60"), SignerOf("example.com"));
            Add(reply.Authorities, Nsec3("example.com", Hash("example.com"), Hash("example.com", 1), iterations: 500), SignerOf("example.com") with { IsSpoiled = true });
        });
        Assert.Equal("NsecMissing", await JudgeAfresh("no.example.com"));
    }
}
