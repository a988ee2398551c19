using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace DnsGuard.Store.QueryLogs;

/// <summary>The threads that read the log: few, and the last to get a processor. Answers go before those who look at them.</summary>
/// <param name="threads">How many read at once; the others wait.</param>
internal sealed partial class ReaderThreads(int threads) : IDisposable
{
    private const int MostWaiting = 256;

    // setpriority(2): 19 is the weakest, and gets a seventieth of what a thread of the usual kind gets beside it.
    private const int Weakest = 19;

    private readonly BlockingCollection<Action> _waiting = new(MostWaiting);
    private int _started;

    /// <summary>Runs something on one of them.</summary>
    /// <exception cref="StoreBusyException">Too many wait already.</exception>
    /// <exception cref="OperationCanceledException">Nobody wants it any more.</exception>
    public Task RunAsync(Action read, CancellationToken cancel)
    {
        while (Volatile.Read(ref _started) is var started && started < threads)
        {
            // Interlocked: of two first readers each starts one thread.
            if (Interlocked.CompareExchange(ref _started, started + 1, started) == started)
                new Thread(Turn) { IsBackground = true, Name = "log-reader" }.Start();
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_waiting.TryAdd(() => Complete(done, read, cancel)))
            throw new StoreBusyException($"{MostWaiting} searches of the query log wait already");
        return done.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _waiting.CompleteAdding();

    private static void Complete(TaskCompletionSource done, Action read, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            done.SetCanceled(cancel);
            return;
        }

        try
        {
            read();
            done.SetResult();
        }
        catch (Exception failure)
        {
            // Whoever waits gets it.
            done.SetException(failure);
        }
    }

    private void Turn()
    {
        // Linux: of the calling thread alone. Where it may not be had, searches compete like anybody else.
        _ = SetPriority(0, 0, Weakest);
        foreach (var read in _waiting.GetConsumingEnumerable())
            read();
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
