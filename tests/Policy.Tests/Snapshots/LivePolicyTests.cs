using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;

namespace DnsGuard.Policy.Tests.Snapshots;

public class LivePolicyTests
{
    [Fact]
    public void What_is_published_is_in_force_and_what_was_is_the_previous()
    {
        var compiler = new PolicyCompiler([], []);
        var live = new LivePolicy(compiler.Compile(1, PolicyDocument.Empty));
        Assert.Equal((1, 1), (live.Current.Revision, live.Previous.Revision));

        live.Publish(compiler.Compile(2, PolicyDocument.Empty));
        live.Publish(compiler.Compile(3, PolicyDocument.Empty));

        Assert.Equal((3, 2), (live.Current.Revision, live.Previous.Revision));
    }
}
