using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;
using DnsGuard.Wire.Tests;
using DnsGuard.Wire.Tests.Names;
using FsCheck.Fluent;

namespace DnsGuard.Dnssec.Tests;

/// <summary>RFC 4034 §6 against the test kit's second reading of it.</summary>
public sealed class CanonicalFormTests
{
    [Fact]
    public void Names_have_the_order_that_the_other_reading_gives_them() =>
        Properties.Holds(Prop.ForAll(NameGenerator.Names, NameGenerator.Names, static (one, other) =>
            Math.Sign(CanonicalForm.Compare(one, other)) == Math.Sign(ToyCanonical.NameOrder.Compare(one, other))
            && Math.Sign(CanonicalForm.Compare(one, other)) == -Math.Sign(CanonicalForm.Compare(other, one))
            && CanonicalForm.Compare(one, one) == 0));

    [Fact]
    public void Names_with_a_common_end_have_the_order_that_the_other_reading_gives_them() =>
        Properties.Holds(Prop.ForAll(NameGenerator.Names, NameGenerator.Labels, NameGenerator.Labels, static (above, one, other) =>
            above.Prepend(one) is not { } left || above.Prepend(other) is not { } right
            || Math.Sign(CanonicalForm.Compare(left, right)) == Math.Sign(ToyCanonical.NameOrder.Compare(left, right))));

    [Theory]
    [InlineData(RecordType.NS)]
    [InlineData(RecordType.SOA)]
    [InlineData(RecordType.MX)]
    [InlineData(RecordType.SRV)]
    [InlineData(RecordType.DNAME)]
    [InlineData(RecordType.PTR)]
    [InlineData(RecordType.NAPTR)]
    [InlineData(RecordType.TXT)]
    [InlineData(RecordType.SVCB)]
    [InlineData(RecordType.NSEC)]
    [InlineData((RecordType)3)]
    [InlineData((RecordType)4)]
    [InlineData((RecordType)7)]
    [InlineData((RecordType)14)]
    [InlineData((RecordType)17)]
    [InlineData((RecordType)18)]
    [InlineData((RecordType)21)]
    [InlineData((RecordType)24)]
    [InlineData((RecordType)26)]
    [InlineData((RecordType)30)]
    [InlineData((RecordType)36)]
    [InlineData((RecordType)65_280)]
    public void What_is_signed_is_what_the_other_reading_signs(RecordType type)
    {
        var signer = Sample.Signer(ToyKey.Zsk());
        Properties.Holds(Prop.ForAll(NameGenerator.Names, NameGenerator.Wire, NameGenerator.Wire, (owner, one, other) =>
        {
            if (owner.LabelCount > 100)
                return;
            var set = new RRset(owner, type, 300, [Rdata(type, one, other), Rdata(type, other, one), Rdata(type, one, other)]);
            foreach (var labels in new int?[] { null, 0, owner.LabelCount })
            {
                var rdata = (signer with { Labels = labels }).Sign(set);
                Assert.True(RrsigRdata.TryRead(rdata, out var rrsig));
                if (rrsig.Labels <= CanonicalForm.OwnerLabels(owner))
                    Assert.Equal(ToySigner.SignedOctets(set, rdata.AsSpan(0, rdata.Length - rrsig.Signature.Length)), CanonicalForm.SignedOctets(set, rrsig, rdata));
            }
        }));
    }

    [Theory]
    [InlineData(RecordType.MX, "00")]
    [InlineData(RecordType.SRV, "000000")]
    [InlineData(RecordType.SOA, "")]
    [InlineData(RecordType.SOA, "0141")]
    [InlineData(RecordType.NAPTR, "")]
    [InlineData(RecordType.NAPTR, "00000000")]
    [InlineData(RecordType.NAPTR, "00000000FF41")]
    [InlineData(RecordType.NAPTR, "00000000000000")]
    [InlineData(RecordType.NAPTR, "00000000000000FF")]
    [InlineData((RecordType)18, "00")]
    [InlineData((RecordType)26, "000000")]
    [InlineData((RecordType)24, "00")]
    [InlineData(RecordType.NS, "C00C")]
    [InlineData(RecordType.NS, "3F41")]
    public void Malformed_data_are_signed_as_they_stand_and_break_nothing(RecordType type, string hex)
    {
        var set = new RRset(Sample.Zone, type, 300, [Convert.FromHexString(hex)]);
        var rdata = Sample.Signer(ToyKey.Zsk()).Sign(Sample.Addresses());
        Assert.True(RrsigRdata.TryRead(rdata, out var rrsig));
        Assert.NotNull(CanonicalForm.SignedOctets(set, rrsig with { Labels = 1 }, rdata));
    }

    [Theory]
    [InlineData("www.example", 2)]
    [InlineData("*.example", 1)]
    [InlineData("a.*.example", 3)]
    [InlineData("*.*.example", 2)]
    [InlineData(".", 0)]
    [InlineData("*", 0)]
    [InlineData("**.example", 2)]
    public void Labels_are_counted_without_root_and_leading_asterisk(string owner, int labels)
    {
        Assert.Equal(labels, CanonicalForm.OwnerLabels(DomainName.Parse(owner)));
        Assert.Equal(labels, ToySigner.LabelsOf(DomainName.Parse(owner)));
    }

    // Data of a type with names in their places, letters as they come.
    private static byte[] Rdata(RecordType type, byte[] one, byte[] other) => (int)type switch
    {
        6 => [.. one, .. other, .. new byte[20]],
        14 or 17 => [.. one, .. other],
        15 or 18 or 21 or 36 => [0x41, 0x42, .. one],
        26 => [0x41, 0x42, .. one, .. other],
        33 => [0x41, 0x42, 0x43, 0x44, 0x45, 0x46, .. one],
        35 => [0x41, 0x42, 0x43, 0x44, 1, 0x55, 4, 0x53, 0x49, 0x50, 0x2B, 0, .. one],
        24 => [.. new byte[18], .. one, 0x41],
        47 => [.. one, 0, 1, 0x40],
        _ => one,
    };
}
