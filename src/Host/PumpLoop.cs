namespace DnsGuard.Host;

/// <summary>The loop of a pump: a turn at a time until it is told to stop, and one more then, so that what is waiting is still written.</summary>
internal static class PumpLoop
{
    /// <summary>Turns.</summary>
    /// <param name="period">The time between two turns.</param>
    /// <param name="turn">One turn; gets its number, from 1.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task RunAsync(TimeSpan period, Action<long> turn, TimeProvider time, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(period, time);
        long number = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
                turn(++number);
        }
        catch (OperationCanceledException)
        {
            turn(++number);
        }
    }
}
