using Amazon.Runtime;

namespace DnsGuard.Ec2.Identity;

/// <summary>The keys in use. They are renewed before they end, by one caller at a time and within that caller's own time; the library only reads them.</summary>
/// <param name="source">Where they come from.</param>
/// <param name="spare">How long a call waits for new keys while the old ones still hold.</param>
/// <param name="time">The clock.</param>
internal sealed class HeldCredentials(ICredentialSource source, TimeSpan spare, TimeProvider time) : AWSCredentials, IDisposable
{
    /// <summary>How long before their end keys are renewed: longer than a call with its retries takes, shorter than the quarter of an hour that a role's keys hold at least.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    /// <summary>How long a source is left alone that failed while the keys still hold, or that gave keys which are over.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>How long a source is left alone after keys that EC2 had refused were renewed.</summary>
    public static readonly TimeSpan RefusedPause = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _renewing = new(1, 1);
    private volatile State? _state;
    private DateTimeOffset _refusedAgainAfter = DateTimeOffset.MinValue;

    /// <summary>Keys that hold for as long as a call takes.</summary>
    /// <exception cref="NoCredentialsException">There are none.</exception>
    public async Task<Lease> FreshAsync(CancellationToken cancel)
    {
        if (_state is { } state && !IsDue(state))
            return state.Lease;
        // While the old keys hold, it is enough if one caller waits for new ones.
        if (!await WaitAsync(Holding is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancel).ConfigureAwait(false))
            return _state!.Lease;
        try
        {
            return _state is { } other && !IsDue(other) ? other.Lease : await RenewLockedAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            _renewing.Release();
        }
    }

    /// <summary>Renews keys that were refused as expired, however long they should have held.</summary>
    /// <param name="refused">Those keys.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Are there others now?</returns>
    /// <exception cref="NoCredentialsException">There are none.</exception>
    public async Task<bool> RenewAsync(Lease refused, CancellationToken cancel)
    {
        await WaitAsync(Timeout.InfiniteTimeSpan, cancel).ConfigureAwait(false);
        try
        {
            if (_state is { } state && !state.Lease.HasKeysOf(refused))
                return true;
            // A clock that is wrong has every request refused as expired: the source must not be asked at every call.
            if (time.GetUtcNow() < _refusedAgainAfter)
                return false;
            _refusedAgainAfter = time.GetUtcNow() + RefusedPause;
            var lease = await source.FetchAsync(cancel).ConfigureAwait(false);
            Hold(lease);
            return !lease.HasKeysOf(refused);
        }
        finally
        {
            _renewing.Release();
        }
    }

    /// <inheritdoc/>
    public override ImmutableCredentials GetCredentials() => _state?.Lease.Keys ?? throw new InvalidOperationException("a request was sent before there were keys");

    /// <inheritdoc/>
    public override Task<ImmutableCredentials> GetCredentialsAsync() => Task.FromResult(GetCredentials());

    /// <inheritdoc/>
    public void Dispose() => _renewing.Dispose();

    private async Task<bool> WaitAsync(TimeSpan most, CancellationToken cancel)
    {
        try
        {
            return await _renewing.WaitAsync(most, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException late)
        {
            throw new NoCredentialsException($"{source.Name} did not answer another call in time", late);
        }
    }

    private async Task<Lease> RenewLockedAsync(CancellationToken cancel)
    {
        var held = Holding;
        using var late = new CancellationTokenSource(held is null ? Timeout.InfiniteTimeSpan : spare, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            var lease = await source.FetchAsync(either.Token).ConfigureAwait(false);
            Hold(lease);
            return lease;
        }
        catch (Exception failure) when (held is not null && (failure is NoCredentialsException || (failure is OperationCanceledException && !cancel.IsCancellationRequested)))
        {
            _state = held with { NotBefore = time.GetUtcNow() + Pause };
            return held.Lease;
        }
    }

    // An instance's service that is in trouble gives out keys that are over, and EC2 takes them for a while: they are used, and others asked for after a pause.
    private void Hold(Lease lease) => _state = new State(lease, time.GetUtcNow() + Pause);

    private bool IsDue(State state) => state.Lease.Until is { } until && time.GetUtcNow() >= until - Early && time.GetUtcNow() >= state.NotBefore;

    private State? Holding => _state is { } state && !(state.Lease.Until <= time.GetUtcNow()) ? state : null;

    private sealed record State(Lease Lease, DateTimeOffset NotBefore);
}
