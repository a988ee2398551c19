using DnsGuard.Wire.Names;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Names;

public class NameHashTests
{
    [Fact]
    public void One_walk_yields_the_hash_of_every_ancestor() => Properties.Holds(Prop.ForAll(NameGenerator.Names, name =>
    {
        var starts = new byte[NameLimits.Labels];
        var hashes = new ulong[NameLimits.Labels];
        var labels = NameHash.OfEverySuffix(name.Octets, starts, hashes);
        return labels == name.LabelCount && Enumerable.Range(0, labels).All(i =>
            hashes[i] == NameHash.Of(name.Octets[starts[i]..]) && hashes[i] == name.Ancestor(labels - i).Hash);
    }));

    [Fact]
    public void Entry_0_is_the_whole_name()
    {
        var name = DomainName.Parse("www.example.com");
        var starts = new byte[NameLimits.Labels];
        var hashes = new ulong[NameLimits.Labels];

        Assert.Equal(3, NameHash.OfEverySuffix(name.Octets, starts, hashes));
        Assert.Equal([0, 4, 12], starts[..3]);
        Assert.Equal(name.Hash, hashes[0]);
    }

    [Fact]
    public void The_hash_of_a_child_comes_from_its_parent_and_its_label() => Properties.Holds(Prop.ForAll(NameGenerator.Names, name =>
        name.IsRoot || name.Hash == NameHash.Extend(name.Parent.Hash, name.Octets.Slice(1, name.Octets[0]))));

    [Fact]
    public void The_root_has_no_labels_and_the_hash_of_the_root()
    {
        Assert.Equal(NameHash.Root, NameHash.Of([0]));
        Assert.Equal(0, NameHash.OfEverySuffix([0], [], []));
    }

    [Theory]
    [InlineData("ab.c", "a.bc")]
    [InlineData("a.b", "b.a")]
    [InlineData("a", @"a\000")]
    [InlineData(@"\000", @"\000\000")]
    [InlineData(@"\000", @"\000.\000")]
    // Around the eight octets that are taken in one step.
    [InlineData("abcdefg", @"abcdefg\000")]
    [InlineData("abcdefgh", @"abcdefgh\000")]
    [InlineData("abcdefghijklmnop", "ijklmnopabcdefgh")]
    [InlineData("abcdefgh.ijklmnop", "abcdefghijklmnop")]
    [InlineData(@"aaaaaaa\128bbbbbbb\128", "aaaaaaa\\000bbbbbbb\\000")]
    public void Names_that_are_alike_hash_apart(string left, string right) =>
        Assert.NotEqual(DomainName.Parse(left).Hash, DomainName.Parse(right).Hash);

    [Fact]
    public void The_longest_name_has_127_labels_and_as_many_hashes()
    {
        var name = DomainName.Parse(string.Join('.', Enumerable.Repeat('a', 127)));
        var hashes = new ulong[NameLimits.Labels];

        Assert.Equal(127, NameHash.OfEverySuffix(name.Octets, new byte[NameLimits.Labels], hashes));
        Assert.Equal(127, hashes.Distinct().Count());
    }

    [Fact]
    public void A_hash_folded_with_different_numbers_differs() =>
        Assert.Equal(1_000, Enumerable.Range(0, 1_000).Select(number => NameHash.With(NameHash.Root, (ulong)number)).Distinct().Count());

    [Fact]
    public void Names_that_differ_in_a_few_digits_fall_on_as_many_places_as_chance_would_have_them()
    {
        // Seven hundred on 4,096 places: 643 of them, give or take eight. Each zone is another start, as another key would be.
        for (var zone = 0; zone < 200; zone++)
        {
            var places = Enumerable.Range(0, 700).Select(number => NameHash.Of(DomainName.Parse($"n{number}.z{zone}.example").Octets) & 0xFFF).Distinct().Count();
            Assert.InRange(places, 600, 690);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(24)]
    [InlineData(56)]
    public void Names_that_count_up_spread_over_all_bits(int shift)
    {
        var buckets = new int[256];
        for (var i = 0; i < 65_536; i++)
            buckets[(byte)(NameHash.Of(new WireBuilder().Name($"host{i}.example.com").ToArray()) >> shift)]++;

        // 256 are expected and the deviation is 16; the key is new in each process, so the bound leaves room for ten of them.
        Assert.All(buckets, count => Assert.InRange(count, 96, 416));
    }
}
