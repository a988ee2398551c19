using DnsGuard.Sync.Remote;

namespace DnsGuard.Sync.Tests.Remote;

/// <summary>A set that does at once what it is told, unless a test has it fail.</summary>
internal sealed class MemorySet(int room) : IRemoteSet
{
    private readonly HashSet<Slot> _slots = [];

    public string Id => "memory";

    public int MostPerChange => 100;

    public bool RemovesAlong => true;

    /// <summary>What goes wrong with the next call; null for nothing.</summary>
    public RemoteException? Failure { get; set; }

    /// <summary>What has been looked at arrives only then; null for at once.</summary>
    public Task? Arrival { get; set; }

    public IReadOnlyList<string> Addresses
    {
        get
        {
            lock (_slots)
                return [.. _slots.Select(slot => slot.Address.ToString()).Order(StringComparer.Ordinal)];
        }
    }

    public bool Takes(Slot slot) => true;

    public async Task<RemoteContents> ReadAsync(CancellationToken cancel)
    {
        if (Failure is { } failure)
            throw failure;
        RemoteContents contents;
        lock (_slots)
            contents = new RemoteContents([.. _slots.Select(slot => new FoundSlot(slot, null, IsOurs: true))], room, room);
        await (Arrival ?? Task.CompletedTask);
        return contents;
    }

    /// <summary>Somebody else empties it.</summary>
    public void Clear()
    {
        lock (_slots)
            _slots.Clear();
    }

    public Task ChangeAsync(RemoteChange change, CancellationToken cancel)
    {
        if (Failure is { } failure)
            throw failure;
        lock (_slots)
        {
            _slots.ExceptWith(change.Remove);
            _slots.UnionWith(change.Add.Select(slot => slot.Slot));
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }
}
