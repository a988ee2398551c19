using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Tests.Text;

public class TextProblemTests
{
    [Theory]
    [InlineData("/groups/dev", 7, 3, "policy.yaml:7:3: it is wrong. Mend it.")]
    [InlineData("/groups/dev", 0, 0, "policy.yaml: /groups/dev: it is wrong. Mend it.")]
    [InlineData("", 0, 0, "policy.yaml: /: it is wrong. Mend it.")]
    public void A_problem_is_described_as_compilers_do(string pointer, int line, int column, string text) =>
        Assert.Equal(text, new TextProblem(pointer, line, column, "code", "it is wrong", "Mend it").Describe("policy.yaml"));
}
