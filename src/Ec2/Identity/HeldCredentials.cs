using Amazon.Runtime;

namespace DnsGuard.Ec2.Identity;

/// <summary>The keys in use. They are renewed before they end, by one caller at a time and within that caller's own time; the library only reads them.</summary>
internal sealed class HeldCredentials(ICredentialSource source, TimeProvider time) : AWSCredentials, IDisposable
{
    /// <summary>How long before their end keys are renewed: longer than a call with its retries takes, shorter than the quarter of an hour that a role's keys hold at least.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    /// <summary>How long a source is left alone that failed while the keys still hold, or whose new keys were refused at once.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _renewing = new(1, 1);
    private volatile State? _state;
    private DateTimeOffset _forceAfter = DateTimeOffset.MinValue;

    /// <summary>Keys that hold for as long as a call takes.</summary>
    /// <exception cref="NoCredentialsException">There are none.</exception>
    public async Task<Lease> FreshAsync(CancellationToken cancel)
    {
        if (_state is { } state && !IsDue(state))
            return state.Lease;
        await WaitAsync(cancel).ConfigureAwait(false);
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
        await WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_state is { } state && !state.Lease.HasKeysOf(refused))
                return true;
            // A clock that is wrong has every request refused as expired: the source must not be asked at every call.
            if (time.GetUtcNow() < _forceAfter)
                return false;
            _forceAfter = time.GetUtcNow() + Pause;
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

    private async Task WaitAsync(CancellationToken cancel)
    {
        try
        {
            await _renewing.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException late)
        {
            throw new NoCredentialsException($"no credentials: {source.Name} did not answer another call in time", late);
        }
    }

    private async Task<Lease> RenewLockedAsync(CancellationToken cancel)
    {
        try
        {
            var lease = await source.FetchAsync(cancel).ConfigureAwait(false);
            Hold(lease);
            return lease;
        }
        catch (NoCredentialsException) when (_state is { } state && state.Lease.Until > time.GetUtcNow())
        {
            _state = state with { NotBefore = time.GetUtcNow() + Pause };
            return state.Lease;
        }
    }

    // An instance's service that is in trouble gives out keys that are over, and EC2 takes them for a while: they are used, and others asked for after a pause.
    private void Hold(Lease lease) => _state = new State(lease, time.GetUtcNow() + Pause);

    private bool IsDue(State state) => state.Lease.Until is { } until && time.GetUtcNow() >= until - Early && time.GetUtcNow() >= state.NotBefore;

    private sealed record State(Lease Lease, DateTimeOffset NotBefore);
}
