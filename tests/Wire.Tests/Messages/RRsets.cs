using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Text;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Messages;

internal static class RRsets
{
    // Few labels, so that names share suffixes, repeat labels and contain each other.
    private static readonly Gen<string> Name = Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(1, 12))
        .SelectMany(count => Gen.Elements("a", "b", "A", "ab", "long-label").ArrayOf(count))
        .Select(labels => string.Join('.', labels) + ".");

    private static readonly Gen<string> Data = Gen.OneOf(
        Gen.Elements("A 192.0.2.1", "AAAA 2001:db8::1", "TXT \"some text\" more", @"TYPE65280 \# 3 C00C00", @"NULL \# 0"),
        Name.Select(name => $"NS {name}"),
        Name.Select(name => $"CNAME {name}"),
        Name.Select(name => $"PTR {name}"),
        Name.Select(name => $"DNAME {name}"),
        Name.Select(name => $"MX 10 {name}"),
        Name.Select(name => $"SRV 1 2 3 {name}"),
        Name.Select(name => $"HTTPS 1 {name} port=53"),
        Name.SelectMany(server => Name.Select(mailbox => $"SOA {server} {mailbox} 1 2 3 4 5")));

    /// <summary>Sets of one to three records, as a master file gives them.</summary>
    public static Arbitrary<RRset[]> Any { get; } = Name.SelectMany(owner => Data.SelectMany(data => Gen.Choose(1, 3).Select(count =>
            One(string.Concat(Enumerable.Repeat($"{owner} {data}\n", count))))))
        .ArrayOf()
        .ToArbitrary();

    public static RRset One(string masterFile) => Assert.Single(MasterFileReader.Read(masterFile, DomainName.Root));
}
