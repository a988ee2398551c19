using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Sync.Programs;
using DnsGuard.Sync.Targets;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Names;

/// <summary>★ A place that decides by names, not by addresses: it gets the policy's names as files, and is told to read them when they changed.</summary>
/// <remarks>Grants do not matter to it. An answer waits only where its name has just come: until the place has read the files that hold it.</remarks>
internal sealed class NamesTarget(TargetOptions options, NameFilesOptions files, INameFormat format, LivePolicy livePolicy, TimeProvider time, ILogger logger) : IAllowTarget
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(IReadOnlyList<TimedEntry> Entries, TaskCompletionSource<Opened> Answer)> _waiting = [];
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PolicySnapshot? _wanted;
    private NameFiles? _inForce;
    private long _revision = -1;
    // At the start nobody knows whether the place has read what lies there.
    private bool _isReloadDue = true;
    private readonly Dictionary<string, string> _written = [];
    private string? _trouble;
    private string? _leftOut;
    private int _driftUntold;
    private long _drift;
    private DateTimeOffset? _lastLook;
    private Task _running = Task.CompletedTask;

    /// <inheritdoc/>
    public TargetOptions Options => options;

    /// <inheritdoc/>
    public bool DecidesByName => true;

    /// <inheritdoc/>
    // No grant opens or closes anything there: that they end does no harm.
    public bool IsBlind => false;

    /// <inheritdoc/>
    public Task FirstLook => _firstLook.Task;

    /// <inheritdoc/>
    public bool IsTroubled
    {
        get
        {
            lock (_lock)
                return _trouble is not null;
        }
    }

    /// <inheritdoc/>
    public TargetStatus Status
    {
        get
        {
            lock (_lock)
            {
                var state = _trouble is null ? "ready" : _inForce is null ? "unavailable" : "degraded";
                return new TargetStatus(options.Name, ChoiceText.WriteKebab(options.Kind), state, _trouble ?? _leftOut, 0, _drift, _lastLook, new Dictionary<string, long>(), new Dictionary<string, long>());
            }
        }
    }

    /// <inheritdoc/>
    public void Prepare(PolicySnapshot snapshot)
    {
        lock (_lock)
            (_wanted, _) = (snapshot, _wake.TrySetResult());
    }

    /// <inheritdoc/>
    public void Start() => _running = RunAsync(_stopping.Token);

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<Opened> OpenAsync(IReadOnlyList<TimedEntry> entries)
    {
        lock (_lock)
        {
            if (Judge(entries) is { } known)
                return new(known);
            var answer = new TaskCompletionSource<Opened>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((entries, answer));
            return new(answer.Task);
        }
    }

    /// <inheritdoc/>
    public void Close(IReadOnlyList<AllowEntry> entries)
    {
        // A grant that ends takes no name away; a rule that goes does, and comes as a policy.
    }

    /// <inheritdoc/>
    public bool HasChanged()
    {
        lock (_lock)
            return _driftUntold > 0;
    }

    /// <inheritdoc/>
    public ReconcileResult Reconcile(PolicySnapshot snapshot, Func<IReadOnlyList<TimedEntry>> desired, Func<TimedEntry, bool> adopt)
    {
        Prepare(snapshot);
        lock (_lock)
        {
            var result = new ReconcileResult(_driftUntold, WasGone: false);
            _driftUntold = 0;
            return result;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var failures = 0;
        try
        {
            while (true)
            {
                await WakeAsync(stopping).ConfigureAwait(false);
                var rest = files.Pause;
                try
                {
                    if (!await TurnAsync(stopping).ConfigureAwait(false))
                        rest = TimeSpan.Zero;
                    failures = 0;
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    rest = TimeSpan.FromTicks(Math.Min(LongestRest.Ticks, FirstRest.Ticks << Math.Min(failures++, 10)));
                    Failed(failure.Message);
                }

                await Task.Delay(rest, time, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is written stays in force.
        }
    }

    private async Task WakeAsync(CancellationToken stopping)
    {
        Task wake;
        lock (_lock)
            wake = _wake.Task;
        await wake.WaitAsync(stopping).ConfigureAwait(false);
        lock (_lock)
            _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    // One look: compose, write what differs, have it read. True where the place was made to read.
    private async Task<bool> TurnAsync(CancellationToken stopping)
    {
        PolicySnapshot snapshot;
        lock (_lock)
            snapshot = _wanted ?? livePolicy.Current;
        var groups = snapshot.Groups.Where(group => group.Targets.Contains(options.Name)).ToList();
        var next = format.Compose(snapshot, groups, time.GetUtcNow().ToUnixTimeSeconds());
        foreach (var (path, content) in next.Contents)
            Write(path, content);
        var isRead = _isReloadDue && files.Reload.Count > 0;
        if (isRead)
            await ProgramRun.RunAsync(files.Reload, files.Deadline, time, stopping).ConfigureAwait(false);
        if (_isReloadDue)
            await Task.Delay(files.Settle, time, stopping).ConfigureAwait(false);
        _isReloadDue = false;
        Taken(next, snapshot);
        return isRead;
    }

    private void Write(string path, string content)
    {
        if (!WholeFile.Write(path, Encoding.ASCII.GetBytes(content), files.Mode))
            return;
        // Written already, and other now: somebody else's doing.
        if (_written.TryGetValue(path, out var before) && before == content)
        {
            lock (_lock)
                (_drift, _driftUntold) = (_drift + 1, _driftUntold + 1);
        }

        (_written[path], _isReloadDue) = (content, true);
    }

    private void Taken(NameFiles next, PolicySnapshot snapshot)
    {
        lock (_lock)
        {
            (_inForce, _revision, _trouble, _leftOut, _lastLook) = (next, snapshot.Revision, null, next.Trouble, time.GetUtcNow());
            foreach (var waiting in _waiting.ToList())
            {
                if (Judge(waiting.Entries) is not { } known)
                    continue;
                waiting.Answer.TrySetResult(known);
                _waiting.Remove(waiting);
            }
        }

        _firstLook.TrySetResult();
    }

    private void Failed(string why)
    {
        lock (_lock)
        {
            if (_trouble != why)
                SyncLog.RemoteTroubled(logger, options.Name, files.Path, why);
            _trouble = why;
            // Nothing is won by waiting for what somebody must mend first.
            _waiting.ForEach(waiting => waiting.Answer.TrySetResult(Opened.NotYet));
            _waiting.Clear();
            _wake.TrySetResult();
        }

        _firstLook.TrySetResult();
    }

    // Under the lock. Null while nobody knows: the policy in force has not been taken yet.
    private Opened? Judge(IReadOnlyList<TimedEntry> entries)
    {
        if (_inForce is { } files && entries.All(entry => files.Filter(entry.Entry)?.Allows(entry.Note.TrimEnd('.').ToLowerInvariant()) == true))
            return Opened.Yes;
        if (_revision >= livePolicy.Current.Revision)
            return Opened.Never;
        return _trouble is null ? null : Opened.NotYet;
    }
}
