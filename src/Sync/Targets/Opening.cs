namespace DnsGuard.Sync.Targets;

/// <summary>Entries that an answer waits for.</summary>
internal sealed class Opening(IReadOnlyList<TimedEntry> entries)
{
    /// <summary>How many are sent at once: enough to spread the cost of a transaction, few enough that nobody waits long for the others.</summary>
    public const int MaxPerBatch = 64;

    // Continuations run elsewhere: whoever sends the batch must not end up answering everybody's queries.
    private readonly TaskCompletionSource<Opened> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What shall be open.</summary>
    public IReadOnlyList<TimedEntry> Entries { get; } = entries;

    /// <summary>How it went.</summary>
    public ValueTask<Opened> Completion => new(_completion.Task);

    /// <summary>Says how it went.</summary>
    public void Complete(bool isOpen) => _completion.TrySetResult(isOpen ? Opened.Yes : Opened.NotYet);
}
