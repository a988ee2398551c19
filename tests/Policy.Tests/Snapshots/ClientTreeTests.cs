using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Records;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGuard.Policy.Tests.Snapshots;

public class ClientTreeTests
{
    private static readonly string[] Corners =
    [
        "0.0.0.0", "0.0.0.1", "10.0.0.0", "10.0.1.0", "10.1.0.0", "127.255.255.255", "128.0.0.0", "255.255.255.254", "255.255.255.255",
        "::", "::1", "::fffe:0:0", "::fffe:ffff:ffff", "::1:0:0:0", "2001:db8::", "2001:db8:0:1::", "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "8000::",
        "ffff:ffff:ffff:ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ];

    private static readonly Gen<AddressRange> Block =
        from corner in Gen.Elements(Corners).Select(Policies.Address)
        from bits in corner.IsIPv4
            ? Gen.OneOf(Gen.Elements(0, 1, 8, 24, 31, 32), Gen.Choose(0, 32))
            : Gen.OneOf(Gen.Elements(0, 1, 16, 64, 79, 80, 81, 95, 96, 127, 128), Gen.Choose(0, 128))
        select Around(corner, bits);

    private static readonly Arbitrary<Blocks> Nested = Gen.Choose(0, 12).SelectMany(count => Block.ArrayOf(count))
        .Select(blocks => new Blocks([.. blocks.Where(block => block.PrefixBits >= 0).Select((block, index) => (block, index))])).ToArbitrary();

    [Fact]
    public void Any_blocks_answer_as_a_search_for_the_longest_prefix_does() => Properties.Holds(Prop.ForAll(Nested, blocks =>
    {
        var tree = new ClientTree(blocks.All);
        return blocks.Probes().All(address => tree.Find(address) == blocks.Longest(address));
    }), 3_000);

    [Fact]
    public void Ranges_are_ascending_disjoint_and_of_one_family_each() => Properties.Holds(Prop.ForAll(Nested, blocks =>
    {
        var ranges = new ClientTree(blocks.All).Ranges;
        return ranges.All(range => range.First <= range.Last && range.First.IsIPv4 == range.Last.IsIPv4)
            && ranges.Where(range => range.First.IsIPv4).Concat(ranges.Where(range => !range.First.IsIPv4)).SequenceEqual(ranges)
            && ranges.Zip(ranges.Skip(1)).All(pair => pair.First.Last < pair.Second.First || pair.First.First.IsIPv4 != pair.Second.First.IsIPv4);
    }), 1_000);

    [Fact]
    public void Ranges_hold_what_the_tree_finds_and_nothing_else() => Properties.Holds(Prop.ForAll(Nested, blocks =>
    {
        var tree = new ClientTree(blocks.All);
        return blocks.Probes().All(address => tree.Find(address) == tree.Ranges
            .Where(range => range.First.IsIPv4 == address.IsIPv4 && range.First <= address && address <= range.Last)
            .Select(range => range.Group).DefaultIfEmpty(-1).Single());
    }), 1_000);

    [Fact]
    public void Without_blocks_nobody_has_a_group()
    {
        var tree = new ClientTree([]);

        Assert.Empty(tree.Ranges);
        Assert.All(Corners, corner => Assert.Equal(-1, tree.Find(Policies.Address(corner))));
    }

    [Fact]
    public void Of_two_equal_blocks_the_later_counts()
    {
        var block = AddressRange.Parse("10.0.0.0/8");

        Assert.Equal(7, new ClientTree([(block, 3), (block, 7)]).Find(Policies.Address("10.0.0.1")));
    }

    [Fact]
    public void A_block_around_the_place_of_IPv4_leaves_it_out()
    {
        var ranges = new ClientTree([(AddressRange.Parse("::/0"), 0)]).Ranges;

        Assert.Equal("::-::fffe:ffff:ffff ::1:0:0:0-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", string.Join(' ', ranges.Select(range => $"{range.First}-{range.Last}")));
    }

    // -1 bits: a block inside the place of IPv4 addresses, which nobody can write as an IPv6 one.
    private static AddressRange Around(InternetAddress corner, int bits)
    {
        var hostBits = (corner.IsIPv4 ? 32 : 128) - bits;
        var first = new InternetAddress(hostBits == 128 ? 0 : corner.Bits >> hostBits << hostBits);
        return first.IsIPv4 == corner.IsIPv4 ? new AddressRange(first, bits) : new AddressRange(first, -1);
    }

    private sealed record Blocks(IReadOnlyList<(AddressRange Block, int Group)> All)
    {
        public int Longest(InternetAddress address) =>
            All.Where(block => block.Block.Contains(address)).OrderBy(block => block.Block.PrefixBits).ThenBy(block => block.Group).Select(block => block.Group).LastOrDefault(-1);

        // The ends of every block and their neighbours, wrapped round where the space ends.
        public IEnumerable<InternetAddress> Probes() => All
            .SelectMany(block => new[] { block.Block.First.Bits, block.Block.First.Bits - 1, block.Block.Last.Bits, unchecked(block.Block.Last.Bits + 1) })
            .Select(bits => new InternetAddress(bits))
            .Concat(Corners.Select(Policies.Address));

        public override string ToString() => string.Join(' ', All.Select(block => $"{block.Block}={block.Group}"));
    }
}
