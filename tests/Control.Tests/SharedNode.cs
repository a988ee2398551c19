namespace DnsGuard.Control.Tests;

/// <summary>One node for all tests of a class that changes nothing.</summary>
public sealed class SharedNode : IAsyncLifetime
{
    internal ControlNode Node { get; private set; } = null!;

    public async Task InitializeAsync() => Node = await ControlNode.StartAsync();

    public Task DisposeAsync() => Node.DisposeAsync().AsTask();
}
