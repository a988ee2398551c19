using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Text;

namespace DnsGuard.Wire.Tests.Text;

/// <summary>Master files in few words.</summary>
internal static class Master
{
    public static IReadOnlyList<RRset> Read(string text, string origin = "example.com") => MasterFileReader.Read(text, DomainName.Parse(origin));

    /// <summary>Each set as <c>owner TTL type data/data</c>, the data in hex.</summary>
    public static string[] Lines(string text, string origin = "example.com") =>
        [.. Read(text, origin).Select(set => $"{set.Owner} {set.Ttl} {RecordTypeText.Write(set.Type)} {string.Join('/', set.Rdatas.Select(Convert.ToHexString))}")];

    /// <summary>The RDATA of the one record that a type and its data make.</summary>
    public static byte[] Rdata(string typeAndData) => Assert.Single(Assert.Single(Read($"x {typeAndData}")).Rdatas);

    public static MasterFileException Error(string text) => Assert.Throws<MasterFileException>(() => Read(text));
}
