using DnsGuard.Policy.Decisions;

namespace DnsGuard.Sync.Tests.Aws;

/// <summary>The API, or every DNS server, is away: a part of the table in docs/fault-matrix.md.</summary>
public sealed class OutageTests
{
    [Theory, MemberData(nameof(FaultMatrixTests.Kinds), MemberType = typeof(FaultMatrixTests))]
    public async Task The_API_is_gone_for_a_while(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        cloud.Fake.Faults.IsDown = true;
        Assert.Equal(GrantStatus.Late, (await cloud.OpenAsync("b.example.com", "192.0.2.2")).Status);
        // What is open stays so, and is answered at once.
        Assert.Equal(GrantStatus.Open, (await cloud.OpenAsync("a.example.com", "192.0.2.1")).Status);
        cloud.Fake.Faults.IsDown = false;
        await cloud.ConvergedAsync("192.0.2.1", "192.0.2.2");
    }

    [Theory, MemberData(nameof(FaultMatrixTests.Kinds), MemberType = typeof(FaultMatrixTests))]
    public async Task The_API_is_gone_for_longer_than_grants_last(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        cloud.Fake.Faults.IsDown = true;
        _ = cloud.OpenAsync("b.example.com", "192.0.2.2");
        await Cloud.UntilAsync(() => cloud.Log.Of(3008).Count == 1);
        // Nothing ends while nobody could close or open it; so nothing has to be closed all at once when the API is back.
        await PassAsync(cloud, TimeSpan.FromMinutes(10));
        Assert.Contains("192.0.2.1", cloud.Granted());
        Assert.Equal(GrantStatus.Open, (await cloud.OpenAsync("a.example.com", "192.0.2.1")).Status);
        cloud.Fake.Faults.IsDown = false;
        await cloud.ConvergedAsync("192.0.2.1", "192.0.2.2");
        await Cloud.UntilAsync(() => cloud.Log.Of(3009).Count == 1);
        await PassAsync(cloud, TimeSpan.FromMinutes(4));
        await cloud.ConvergedAsync();
    }

    [Theory, MemberData(nameof(FaultMatrixTests.Kinds), MemberType = typeof(FaultMatrixTests))]
    public async Task No_server_answers_for_longer_than_grants_last(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        cloud.IsBlind = true;
        await PassAsync(cloud, TimeSpan.FromMinutes(30));
        await cloud.ConvergedAsync("192.0.2.1");
        // But not for ever.
        await PassAsync(cloud, TimeSpan.FromMinutes(35));
        await cloud.ConvergedAsync();
        Assert.Single(cloud.Log.Of(3010));
    }

    [Theory, MemberData(nameof(FaultMatrixTests.Kinds), MemberType = typeof(FaultMatrixTests))]
    public async Task The_API_is_gone_and_answers_are_to_fail_then(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind, isStarted: false);
        cloud.Options = cloud.Options with { OnTimeout = HoldTimeout.Servfail };
        await cloud.StartNodeAsync();
        cloud.Fake.Faults.IsDown = true;
        Assert.Equal(GrantStatus.Failed, (await cloud.OpenAsync("b.example.com", "192.0.2.2")).Status);
        cloud.Fake.Faults.IsDown = false;
        await cloud.ConvergedAsync("192.0.2.2");
    }

    // In steps that the node's loop can follow.
    private static async Task PassAsync(Cloud cloud, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(10))
        {
            cloud.Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(15);
        }
    }
}
