namespace DnsGuard.Host;

/// <summary>The loop of a pump: a turn at a time until it is told to stop, and one more then, so that what is waiting is still written.</summary>
/// <remarks>
/// On a thread of its own: writing to disk must not hold a thread of the pool, where answers are finished. At the same priority as all
/// others, though: the collector has to wait for every thread to pause, and one that is starved makes all of them wait (10 ms at p99).
/// </remarks>
internal static class PumpLoop
{
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
}
