using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Tests.Text;

public class ChoiceTextTests
{
    [Fact]
    public void Choices_are_written_as_the_design_names_them() => Assert.Equal(
        "enforce audit nxdomain nodata refused sinkhole trust inspect both ipv4 ipv6 strip allow alert block off",
        string.Join(' ', Names<GroupMode>().Concat(Names<BlockResponse>()).Concat(Names<AliasPolicy>()).Concat(Names<AddressFamilies>()).Concat(Names<EchPolicy>()).Concat(Names<TunnelPolicy>())));

    private static IEnumerable<string> Names<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(value => ChoiceText.Write(value));
}
