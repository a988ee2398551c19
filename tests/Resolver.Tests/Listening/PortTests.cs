namespace DnsGuard.Resolver.Tests.Listening;

/// <summary>Ports that the kernel chooses.</summary>
public sealed class PortTests
{
    [Fact]
    public async Task Two_servers_that_leave_the_port_to_the_kernel_never_share_one()
    {
        // As many as make a clash likely if ports were drawn with putting back: 400 of 28,000.
        var guards = new List<Guard>();
        try
        {
            for (var i = 0; i < 400; i++)
                guards.Add(new Guard(Policies.Dev("{allow: '*'}"), configure: options => options with { AnswerCacheBytes = 1, RecordCacheBytes = 1 }));
            Assert.Equal(guards.Count, guards.Select(guard => guard.Endpoint.Port).Distinct().Count());
        }
        finally
        {
            await Task.WhenAll(guards.Select(guard => guard.DisposeAsync().AsTask()));
        }
    }
}
