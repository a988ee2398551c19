using System.Runtime.InteropServices;

namespace DnsGuard.Host;

/// <summary>The loop of a pump: a turn at a time until it is told to stop, and one more then, so that what is waiting is still written.</summary>
/// <remarks>
/// On a thread of its own, behind all others: writing to disk must neither hold a thread of the pool, where answers are finished, nor a
/// processor that a worker wants.
/// </remarks>
internal static partial class PumpLoop
{
    // The kernel's nice value: a worker that wakes up takes the processor from it at once.
    private const int BehindAllOthers = 10;

    /// <summary>Turns.</summary>
    /// <param name="period">The time between two turns.</param>
    /// <param name="turn">One turn; gets its number, from 1.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>Completes after the last turn.</returns>
    public static Task RunAsync(TimeSpan period, Action<long> turn, CancellationToken stopping)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(period, turn, ended, stopping)) { IsBackground = true, Name = "pump" }.Start();
        return ended.Task;
    }

    private static void Run(TimeSpan period, Action<long> turn, TaskCompletionSource ended, CancellationToken stopping)
    {
        _ = SetPriority(0, 0, BehindAllOthers);
        try
        {
            long number = 0;
            while (!stopping.WaitHandle.WaitOne(period))
                turn(++number);
            turn(++number);
            ended.SetResult();
        }
        catch (Exception mistake)
        {
            ended.SetException(mistake);
        }
    }

    // On Linux a nice value is a thread's own, and 0 is the thread that calls.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int value);
}
