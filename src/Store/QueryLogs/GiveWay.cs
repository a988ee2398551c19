namespace DnsGuard.Store.QueryLogs;

/// <summary>Lets answers go before those who look at the log, in the middle of their looking.</summary>
/// <remarks>
/// The weakest priority alone does not: a thread that answers and has just run for a microsecond more than its share waits for the kernel's next
/// tick, up to four milliseconds, whoever runs until then (fair scheduling, sched-eevdf.rst). Whoever yields is asked again at once.
/// </remarks>
public static class GiveWay
{
    // Some hundred microseconds of work.
    private const int Steps = 1024;

    /// <summary>After a piece of work.</summary>
    public static void Now() => Thread.Yield();

    /// <summary>In a loop over rows or values, with its number.</summary>
    public static void Sometimes(int number)
    {
        if (number % Steps == 0)
            Thread.Yield();
    }
}
