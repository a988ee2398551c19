using DnsGuard.Sync.Remote;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Programs;

/// <summary>What an operator's program keeps open. It is started when first needed, kept running, and started again when it ends.</summary>
internal sealed class CommandSet(string target, CommandTargetOptions options, TimeProvider time, ILogger logger) : IRemoteSet
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ProgramVoice _voice = new(target, time, logger);
    private readonly Lock _lock = new();
    private CommandProcess? _process;
    private TimeSpan _pause;
    private long _startedAt;
    private long _id;
    private int _missed;
    private bool _isRead;
    private bool _isOver;

    /// <summary>Called when the program has ended: what it had open may be open or not.</summary>
    public Action Ended { get; set; } = static () => { };

    /// <inheritdoc/>
    public string Id => options.Command[0];

    /// <inheritdoc/>
    public int MostPerChange => options.Batch;

    /// <inheritdoc/>
    public bool RemovesAlong => true;

    /// <inheritdoc/>
    public bool Takes(Slot slot) => true;

    /// <inheritdoc/>
    public async Task<RemoteContents> ReadAsync(CancellationToken cancel)
    {
        await StartAsync(cancel).ConfigureAwait(false);
        var reply = await AskAsync(CommandMessages.List, cancel).ConfigureAwait(false);
        if (reply.Entries is not { } entries || entries.Contains(null))
            throw new RemoteException(RemoteProblem.Unusable, $"{What} answered 'list' without entries, or with one that is none. Each needs address, protocol (tcp, udp or any) and ports");
        (_isRead, _pause) = (true, TimeSpan.Zero);
        return new RemoteContents([.. entries.OfType<FoundSlot>().DistinctBy(found => found.Slot)], options.MaxEntries, options.MaxEntries);
    }

    /// <inheritdoc/>
    public async Task ChangeAsync(RemoteChange change, CancellationToken cancel)
    {
        // A program that was started again may have lost what it had: first a look.
        if (!_isRead || _process is not { IsAlive: true })
            throw new RemoteException(RemoteProblem.Changed, $"{What} has ended and is started again");
        // Answers wait for what is added. Both in one line would save nothing: each is a call of its own wherever it goes.
        if (change.Add.Count > 0)
            await AskAsync(id => CommandMessages.Add(id, change.Add), cancel).ConfigureAwait(false);
        if (change.Remove.Count > 0)
            await AskAsync(id => CommandMessages.Remove(id, change.Remove), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            _isOver = true;
        _process?.Dispose();
    }

    private string What => $"the program {options.Command[0]}";

    private async Task StartAsync(CancellationToken cancel)
    {
        if (_process is { IsAlive: true })
            return;
        _process?.Dispose();
        (_process, _isRead) = (null, false);
        var rest = _pause - time.GetElapsedTime(_startedAt);
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest, time, cancel).ConfigureAwait(false);
        // Only a look that succeeds shows that it works; until then it is started ever more rarely.
        _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        _startedAt = time.GetTimestamp();
        _missed = 0;
        try
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isOver, this);
                _process = new CommandProcess(options, _voice, NoteEnd);
            }
        }
        catch (IOException failure)
        {
            throw new RemoteException(RemoteProblem.Unusable, failure.Message, failure);
        }
    }

    private void NoteEnd(string why)
    {
        lock (_lock)
        {
            if (_isOver)
                return;
        }

        SyncLog.ProgramEnded(logger, target, why);
        Ended();
    }

    private async Task<CommandReply> AskAsync(Func<long, byte[]> compose, CancellationToken cancel)
    {
        var process = _process ?? throw new InvalidOperationException("a program is started before it is asked");
        var id = ++_id;
        try
        {
            var reply = await process.AskAsync(id, compose(id), options.Deadline, time, cancel).ConfigureAwait(false);
            _missed = 0;
            return reply.Error is null ? reply : throw Refusal(reply);
        }
        catch (TimeoutException)
        {
            // Once may be a slow device. Twice is a program that hangs: it is ended, and started again.
            if (++_missed > 1)
                process.Dispose();
            throw new RemoteException(RemoteProblem.Unknown, $"{What} did not answer within {options.Deadline.TotalSeconds:0.#} s");
        }
        catch (IOException broken)
        {
            throw new RemoteException(RemoteProblem.Unknown, $"{What} cannot be asked: {broken.Message}", broken);
        }
    }

    // A script that fails half way has done the other half: unless it says better, nobody knows.
    private RemoteException Refusal(CommandReply reply)
    {
        var problem = reply.Reason switch
        {
            "full" => RemoteProblem.Full,
            "busy" => RemoteProblem.Throttled,
            "unusable" => RemoteProblem.Unusable,
            _ => RemoteProblem.Unknown,
        };
        var text = System.Text.Encoding.UTF8.GetBytes(reply.Error!);
        return new RemoteException(problem, $"{What} says: {ProgramVoice.Escape(text.AsSpan(0, Math.Min(text.Length, ProgramVoice.LongestLine)))}");
    }
}
