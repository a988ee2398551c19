using DnsGuard.Wire.Names;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Names;

public class DomainNameTests
{
    [Theory]
    [InlineData(".", "00")]
    [InlineData("com", "03636F6D 00")]
    [InlineData("example.com", "07657861 6D706C65 03636F6D 00")]
    [InlineData("example.com.", "07657861 6D706C65 03636F6D 00")]
    [InlineData("EXAMPLE.Com", "07657861 6D706C65 03636F6D 00")]
    [InlineData("_dns.x-1", "045F646E73 03782D31 00")]
    [InlineData(@"a\.b.c", "03612E62 0163 00")]
    [InlineData(@"a\.", "02612E 00")]
    [InlineData(@"a\\.b", "02615C 0162 00")]
    [InlineData(@"\000\010\255.b", "03000AFF 0162 00")]
    [InlineData(@"\065", "0161 00")]
    [InlineData(@"\@\a\(", "03406128 00")]
    public void Text_becomes_wire_form(string text, string wire) =>
        Assert.Equal(Octets.Hex(wire), DomainName.Parse(text).Octets.ToArray());

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".a")]
    [InlineData("a..")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u007Fb")]
    [InlineData("bücher.de")]
    [InlineData("\u212Aelvin")]
    [InlineData(@"a\")]
    [InlineData(@"a\ b")]
    [InlineData("a\\\nb")]
    [InlineData(@"a\12")]
    [InlineData(@"a\1b2")]
    [InlineData(@"a\256")]
    [InlineData(@"a\999")]
    [InlineData("a\\\u0661\u0661\u0661")]
    public void Text_that_is_not_a_name_is_refused(string text)
    {
        Assert.False(DomainName.TryParse(text, out var name));
        Assert.Null(name);
    }

    [Fact]
    public void Parsing_what_is_not_a_name_says_what_it_was() =>
        Assert.Contains("'a..b'", Assert.Throws<FormatException>(() => DomainName.Parse("a..b")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_label_has_at_most_63_octets(int octets, bool isName) =>
        Assert.Equal(isName, DomainName.TryParse(new string('a', octets) + ".com", out _));

    [Fact]
    public void An_escape_counts_as_one_octet_of_its_label() =>
        Assert.True(DomainName.TryParse(string.Concat(Enumerable.Repeat(@"\000", 63)), out _));

    [Theory]
    [InlineData(61, "", true)]
    [InlineData(61, ".", true)]
    [InlineData(62, "", false)]
    [InlineData(62, ".", false)]
    public void A_name_has_at_most_255_octets(int lastLabel, string finalDot, bool isName)
    {
        var label = new string('a', 63);

        Assert.Equal(isName, DomainName.TryParse($"{label}.{label}.{label}.{new string('b', lastLabel)}{finalDot}", out _));
    }

    [Theory]
    [InlineData(127, "", true)]
    [InlineData(127, ".", true)]
    [InlineData(128, "", false)]
    [InlineData(128, ".", false)]
    public void A_name_has_at_most_127_labels(int labels, string finalDot, bool isName) =>
        Assert.Equal(isName, DomainName.TryParse(string.Join('.', Enumerable.Repeat('a', labels)) + finalDot, out _));

    [Theory]
    [InlineData("example.com", "EXAMPLE.COM")]
    [InlineData("example.com", "example.com.")]
    [InlineData("a", @"\065")]
    public void Names_that_differ_in_case_or_spelling_alone_are_one(string left, string right)
    {
        var (one, other) = (DomainName.Parse(left), DomainName.Parse(right));

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.Equal(one.Hash, other.Hash);
    }

    [Theory]
    [InlineData("example.com", "example.org")]
    [InlineData("example.com", "www.example.com")]
    [InlineData("a.b", @"a\.b")]
    [InlineData("a", @"a\000")]
    [InlineData(@"\196", @"\228")]
    [InlineData(@"\@", "`")]
    public void Names_that_differ_in_an_octet_are_two(string left, string right) =>
        Assert.NotEqual(DomainName.Parse(left), DomainName.Parse(right));

    [Fact]
    public void A_name_equals_nothing_that_is_not_a_name()
    {
        var name = DomainName.Parse("example.com");

        Assert.False(name.Equals(null));
        Assert.False(name.Equals((object)"example.com"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("03636F6D")]
    [InlineData("03636F")]
    [InlineData("0000")]
    [InlineData("0161 00 00")]
    [InlineData("40")]
    [InlineData("80")]
    [InlineData("C000")]
    [InlineData("0161 C000")]
    public void Octets_that_are_not_one_plain_name_are_refused(string wire)
    {
        Assert.False(DomainName.TryFromWire(Octets.Hex(wire), out var name));
        Assert.Null(name);
        Assert.Throws<ArgumentException>(() => DomainName.FromWire(Octets.Hex(wire)));
    }

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Wire_form_has_at_most_255_octets(int octets, bool isName) =>
        Assert.Equal(isName, DomainName.TryFromWire(Octets.NameOfOctets(octets), out _));

    [Fact]
    public void Wire_form_is_copied_so_that_its_buffer_can_be_used_again()
    {
        var wire = Octets.Hex("0161 00");
        var name = DomainName.FromWire(wire);
        wire[1] = (byte)'z';

        Assert.Equal("a", name.ToString());
    }

    [Theory]
    [InlineData("www.example.com", "example.com", true)]
    [InlineData("a.b.c.example.com", "example.com", true)]
    [InlineData("example.com", "example.com", true)]
    [InlineData("WWW.EXAMPLE.com", "example.COM", true)]
    [InlineData("example.com", ".", true)]
    [InlineData(".", ".", true)]
    [InlineData(".", "com", false)]
    [InlineData("example.com", "www.example.com", false)]
    [InlineData("badexample.com", "example.com", false)]
    [InlineData("example.com.evil", "example.com", false)]
    [InlineData("example.org", "example.com", false)]
    [InlineData(@"www\.example.com", "example.com", false)]
    // A label whose octets look like the wire form of the ancestor: 7 "example" 3 "com".
    [InlineData(@"\007example\003com", "example.com", false)]
    public void A_name_is_below_what_its_labels_end_in(string name, string ancestor, bool below) =>
        Assert.Equal(below, DomainName.Parse(name).IsAtOrBelow(DomainName.Parse(ancestor)));

    [Theory]
    [InlineData("www.example.com", 0, ".")]
    [InlineData("www.example.com", 1, "com")]
    [InlineData("www.example.com", 2, "example.com")]
    [InlineData("www.example.com", 3, "www.example.com")]
    [InlineData("www.example.com", 9, "www.example.com")]
    [InlineData(".", 0, ".")]
    [InlineData(".", 1, ".")]
    public void An_ancestor_is_counted_in_labels_from_the_root(string name, int labels, string ancestor) =>
        Assert.Equal(DomainName.Parse(ancestor), DomainName.Parse(name).Ancestor(labels));

    [Theory]
    [InlineData("www.example.com", "example.com")]
    [InlineData("com", ".")]
    [InlineData(".", ".")]
    [InlineData(@"a\.b.c", "c")]
    public void The_parent_lacks_the_first_label(string name, string parent) =>
        Assert.Equal(DomainName.Parse(parent), DomainName.Parse(name).Parent);

    [Theory]
    [InlineData(".", 0)]
    [InlineData("com", 1)]
    [InlineData("www.example.com", 3)]
    [InlineData(@"a\.b.c", 2)]
    public void The_root_does_not_count_as_a_label(string name, int labels) =>
        Assert.Equal(labels, DomainName.Parse(name).LabelCount);

    [Theory]
    [InlineData("com", "example", "example.com")]
    [InlineData("com", "EXAMPLE", "example.com")]
    [InlineData(".", "com", "com")]
    [InlineData("com", "a.b", @"a\.b.com")]
    public void A_label_in_front_makes_a_child(string name, string label, string child)
    {
        var made = DomainName.Parse(name).Prepend(System.Text.Encoding.ASCII.GetBytes(label));

        Assert.Equal(DomainName.Parse(child), made);
        Assert.Equal(DomainName.Parse(child).Hash, made!.Hash);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 64)]
    [InlineData(254, 1)]
    [InlineData(255, 1)]
    [InlineData(200, 55)]
    public void A_label_that_does_not_fit_makes_no_child(int octets, int label) =>
        Assert.Null(DomainName.FromWire(Octets.NameOfOctets(octets)).Prepend(new byte[label]));

    [Fact]
    public void A_child_may_fill_the_255_octets_exactly() =>
        Assert.Equal(255, DomainName.FromWire(Octets.NameOfOctets(200)).Prepend(new byte[54])!.Octets.Length);

    [Fact]
    public void Any_name_survives_its_own_text() => Properties.Holds(Prop.ForAll(NameGenerator.Names, name =>
        DomainName.Parse(name.ToString()).Equals(name) && DomainName.Parse(name + (name.IsRoot ? "" : ".")).Equals(name)));

    [Fact]
    public void Any_name_equals_itself_in_capitals() => Properties.Holds(Prop.ForAll(NameGenerator.Wire, wire =>
    {
        // Length octets stay below 64 and so are no letters.
        var capitals = wire.Select(octet => octet is >= (byte)'a' and <= (byte)'z' ? (byte)(octet - 32) : octet).ToArray();
        return DomainName.FromWire(capitals).Equals(DomainName.FromWire(wire));
    }));

    [Fact]
    public void Any_name_is_below_each_of_its_ancestors_and_no_ancestor_below_it() => Properties.Holds(Prop.ForAll(NameGenerator.Names, name =>
        Enumerable.Range(0, name.LabelCount).All(labels =>
            name.Ancestor(labels).LabelCount == labels && name.IsAtOrBelow(name.Ancestor(labels)) && !name.Ancestor(labels).IsAtOrBelow(name))));

    [Fact]
    public void The_parent_of_any_child_is_the_name_itself() => Properties.Holds(Prop.ForAll(NameGenerator.Names, NameGenerator.Labels, (name, label) =>
        name.Prepend(label) is not { } child || (child.Parent.Equals(name) && child.LabelCount == name.LabelCount + 1)));
}
