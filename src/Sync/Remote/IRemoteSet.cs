namespace DnsGuard.Sync.Remote;

/// <summary>A set of slots elsewhere, read as a whole and changed in batches by calls that take time. One <see cref="RemoteActor"/> speaks to it, one call after another.</summary>
internal interface IRemoteSet : IDisposable
{
    /// <summary>What people know it by, such as <c>pl-0123</c>.</summary>
    string Id { get; }

    /// <summary>Slots that one change may add, and as many that it may remove.</summary>
    int MostPerChange { get; }

    /// <summary>Can one change both add and remove, all or nothing?</summary>
    bool RemovesAlong { get; }

    /// <summary>Can it hold the slot at all? Known once it was read.</summary>
    bool Takes(Slot slot);

    /// <summary>Everything that is open there.</summary>
    /// <exception cref="RemoteException">It cannot be read.</exception>
    Task<RemoteContents> ReadAsync(CancellationToken cancel);

    /// <summary>Adds and removes slots, all or nothing. Completes when the change is in force.</summary>
    /// <exception cref="RemoteException">It was refused, or nobody knows what came of it.</exception>
    Task ChangeAsync(RemoteChange change, CancellationToken cancel);
}

/// <summary>What a set holds.</summary>
/// <param name="Slots">Every slot that is open.</param>
/// <param name="IPv4Room">How many slots of ours it can hold in all, for IPv4.</param>
/// <param name="IPv6Room">For IPv6.</param>
internal sealed record RemoteContents(IReadOnlyList<FoundSlot> Slots, int IPv4Room, int IPv6Room)
{
    /// <summary>Entries that no grant can ever have made, such as whole networks, and that were taken out at once.</summary>
    public int Strays { get; init; }

    /// <summary>One sentence about what is there and should not be, but is not ours; null where all is well.</summary>
    public string? Warning { get; init; }
}

/// <summary>One step of a set towards what is wanted.</summary>
/// <param name="Add">What to open, with notes.</param>
/// <param name="Remove">What to close.</param>
internal sealed record RemoteChange(IReadOnlyList<(Slot Slot, string Note)> Add, IReadOnlyList<Slot> Remove)
{
    /// <summary>Is there nothing to do?</summary>
    public bool IsEmpty => Add.Count + Remove.Count == 0;
}

/// <summary>Why a set was not read or changed.</summary>
internal enum RemoteProblem
{
    /// <summary>Somebody else has changed it, or it is being changed: read again, wait a little.</summary>
    Changed,

    /// <summary>What was to be opened is open: somebody else was faster, or a look at it was out of date.</summary>
    Duplicate,

    /// <summary>Nobody knows whether the change was made.</summary>
    Unknown,

    /// <summary>Too many calls.</summary>
    Throttled,

    /// <summary>There is no room.</summary>
    Full,

    /// <summary>It cannot be used until somebody mends something: rights, ids, ownership, size.</summary>
    Unusable,
}

/// <summary>A set was not read or changed.</summary>
/// <param name="problem">Why.</param>
/// <param name="message">One sentence for the operator.</param>
/// <param name="inner">What was thrown.</param>
internal sealed class RemoteException(RemoteProblem problem, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public RemoteProblem Problem { get; } = problem;
}
