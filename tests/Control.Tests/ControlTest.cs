namespace DnsGuard.Control.Tests;

/// <summary>A test with a node of its own.</summary>
public abstract class ControlTest : IAsyncLifetime
{
    private protected ControlNode Node { get; private set; } = null!;

    private protected Api Api => Node.Api;

    public async Task InitializeAsync() => Node = await ControlNode.StartAsync();

    public Task DisposeAsync() => Node.DisposeAsync().AsTask();
}
