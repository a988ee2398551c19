using Amazon.Runtime;
using DnsGuard.Ec2.Identity;
using DnsGuard.TestKit;

namespace DnsGuard.Ec2.Tests.Identity;

public sealed class HeldCredentialsTests : IDisposable
{
    private static readonly TimeSpan Spare = TimeSpan.FromSeconds(5);

    private readonly FakeClock _clock = new();
    private readonly Source _source;
    private readonly HeldCredentials _held;

    public HeldCredentialsTests()
    {
        _source = new Source(_clock);
        _held = new HeldCredentials(_source, Spare, _clock);
    }

    public void Dispose() => _held.Dispose();

    [Fact]
    public async Task Keys_are_fetched_once_and_again_five_minutes_before_their_end()
    {
        Assert.Equal("1", await KeysAsync());
        _clock.Advance(TimeSpan.FromMinutes(54));
        Assert.Equal("1", await KeysAsync());
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("2", await KeysAsync());
    }

    [Fact]
    public async Task Keys_without_an_end_are_fetched_once()
    {
        _source.Lifetime = null;
        Assert.Equal("1", await KeysAsync());
        _clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal("1", await KeysAsync());
    }

    [Fact]
    public async Task While_the_old_keys_hold_a_source_that_fails_is_left_alone_for_a_minute()
    {
        await KeysAsync();
        _clock.Advance(TimeSpan.FromMinutes(56));
        _source.Fails = true;
        Assert.Equal(("1", "1"), (await KeysAsync(), await KeysAsync()));
        Assert.Equal(2, _source.Asked);
        _clock.Advance(HeldCredentials.Pause);
        Assert.Equal("1", await KeysAsync());
        Assert.Equal(3, _source.Asked);
        _clock.Advance(TimeSpan.FromMinutes(4));
        await Assert.ThrowsAsync<NoCredentialsException>(KeysAsync);
    }

    [Fact]
    public async Task While_the_old_keys_hold_one_call_waits_for_a_source_that_hangs_and_not_for_long()
    {
        await KeysAsync();
        _clock.Advance(TimeSpan.FromMinutes(56));
        _source.Hangs = true;
        var first = KeysAsync();
        Assert.Equal("1", await KeysAsync());
        Assert.False(first.IsCompleted);
        _clock.Advance(Spare);
        Assert.Equal("1", await first);
    }

    [Fact]
    public async Task Keys_that_are_over_when_they_come_are_used_and_others_asked_for_after_a_minute()
    {
        _source.Lifetime = TimeSpan.FromMinutes(-1);
        Assert.Equal(("1", "1"), (await KeysAsync(), await KeysAsync()));
        _clock.Advance(HeldCredentials.Pause);
        Assert.Equal("2", await KeysAsync());
    }

    [Fact]
    public async Task Calls_that_come_at_once_ask_once()
    {
        _source.Hangs = true;
        var calls = Enumerable.Range(0, 10).Select(_ => KeysAsync()).ToList();
        _source.Answer();
        Assert.All(await Task.WhenAll(calls), keys => Assert.Equal("1", keys));
        Assert.Equal(1, _source.Asked);
    }

    [Fact]
    public async Task Refused_keys_are_renewed_for_all_calls_at_once_and_not_again_for_a_while()
    {
        var refused = await _held.FreshAsync(default);
        Assert.True(await _held.RenewAsync(refused, default));
        Assert.True(await _held.RenewAsync(refused, default));
        Assert.Equal(2, _source.Asked);
        var again = await _held.FreshAsync(default);
        Assert.False(await _held.RenewAsync(again, default));
        _clock.Advance(HeldCredentials.RefusedPause);
        Assert.True(await _held.RenewAsync(again, default));
    }

    [Fact]
    public async Task Whoever_gives_up_leaves_the_others_their_turn()
    {
        _source.Hangs = true;
        using var soon = new CancellationTokenSource();
        var first = _held.FreshAsync(soon.Token);
        var second = KeysAsync();
        await soon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _source.Answer();
        Assert.Equal("2", await second);
    }

    private async Task<string> KeysAsync() => (await _held.FreshAsync(default)).Keys.AccessKey;

    /// <summary>Gives keys that are numbered, as soon as it is let.</summary>
    private sealed class Source(TimeProvider time) : ICredentialSource
    {
        private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TimeSpan? Lifetime { get; set; } = TimeSpan.FromHours(1);

        public bool Fails { get; set; }

        public bool Hangs { get; set; }

        public int Asked { get; private set; }

        public string Name => "the source";

        public string? Absence => null;

        public void Answer() => _answer.SetResult();

        public async Task<Lease> FetchAsync(CancellationToken cancel)
        {
            var number = ++Asked;
            if (Hangs)
                await _answer.Task.WaitAsync(cancel);
            return Fails ? throw new NoCredentialsException("not today") : new Lease(new ImmutableCredentials($"{number}", "secret", null), Lifetime is { } lifetime ? time.GetUtcNow() + lifetime : null);
        }
    }
}
