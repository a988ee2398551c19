using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Ledger;

/// <summary>What is on its way to being closed. Guarded by the ledger's lock.</summary>
internal sealed class Closings
{
    private readonly Queue<(string Id, bool Cut)> _revocations = new();
    private readonly HashSet<AllowEntry> _closing = [];
    private readonly List<AllowEntry> _overtaken = [];
    private TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the targets have closed what is being closed now.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Is it being closed now? Whoever wants to open it waits for <see cref="Closed"/>, or the closing would come last.</summary>
    public bool Contains(in AllowEntry entry) => _closing.Count > 0 && _closing.Contains(entry);

    /// <summary>Somebody asks to close a grant.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cut">Shall open connections end too?</param>
    public void Ask(string id, bool cut) => _revocations.Enqueue((id, cut));

    /// <summary>The next that somebody asked to close.</summary>
    public bool TryTake(out AllowEntry entry, out bool cut)
    {
        (entry, cut) = (default, false);
        while (_revocations.TryDequeue(out var asked))
        {
            cut = asked.Cut;
            if (GrantId.TryRead(asked.Id, out entry))
                return true;
        }

        return false;
    }

    /// <summary>It is to be closed now.</summary>
    public void Add(AllowEntry entry) => _closing.Add(entry);

    /// <summary>It was taken out while it was being opened: the opening may have come after the closing, so it is closed once more.</summary>
    public void Overtaken(AllowEntry entry) => _overtaken.Add(entry);

    /// <summary>Takes what was overtaken, unless it has been noted anew since then.</summary>
    public List<AllowEntry> TakeOvertaken(Predicate<AllowEntry> isNoted)
    {
        var closing = _overtaken.Where(entry => !isNoted(entry)).Distinct().ToList();
        _overtaken.Clear();
        _closing.UnionWith(closing);
        return closing;
    }

    /// <summary>The targets have closed it.</summary>
    public void Done(IReadOnlyList<AllowEntry> closed)
    {
        _closing.ExceptWith(closed);
        _closed.SetResult();
        _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
