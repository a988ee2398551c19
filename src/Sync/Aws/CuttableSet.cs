using DnsGuard.Sync.Remote;

namespace DnsGuard.Sync.Aws;

/// <summary>A set of a target that can cut: before an address is opened again, nothing may deny it any more.</summary>
internal sealed class CuttableSet(IRemoteSet inner, FlowCutter cutter) : IRemoteSet
{
    /// <inheritdoc/>
    public string Id => inner.Id;

    /// <inheritdoc/>
    public int MostPerChange => inner.MostPerChange;

    /// <inheritdoc/>
    public bool RemovesAlong => inner.RemovesAlong;

    /// <inheritdoc/>
    public bool Takes(Slot slot) => inner.Takes(slot);

    /// <inheritdoc/>
    public Task<RemoteContents> ReadAsync(CancellationToken cancel) => inner.ReadAsync(cancel);

    /// <inheritdoc/>
    public async Task ChangeAsync(RemoteChange change, CancellationToken cancel)
    {
        if (change.Add.Count > 0)
            await cutter.LiftAsync([.. change.Add.Select(slot => slot.Slot.Address)], cancel).ConfigureAwait(false);
        await inner.ChangeAsync(change, cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
