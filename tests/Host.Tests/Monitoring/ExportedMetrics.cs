using DnsGuard.Host.Tests.Running;

namespace DnsGuard.Host.Tests.Monitoring;

/// <summary>What a node with everything turned on says at <c>/metrics</c>, asked once.</summary>
public sealed class ExportedMetrics : IAsyncLifetime
{
    public string Text { get; private set; } = "";

    public async Task InitializeAsync()
    {
        using var guard = new GuardProcess();
        await guard.Start(guard.Config(rest: $"dnstap: {{file: {guard.Folder}/tap.fstrm}}")).ReadyAsync();
        Text = await guard.TextAsync("/metrics");
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
