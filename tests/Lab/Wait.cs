using System.Diagnostics;

namespace DnsGuard.Lab;

/// <summary>Waits for what must come true, within a bound.</summary>
public static class Wait
{
    /// <summary>Looks again and again; returns how long it took.</summary>
    public static TimeSpan Until(Func<bool> condition, TimeSpan bound, string what, Func<string>? log = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > bound)
                throw new TimeoutException($"not within {bound.TotalSeconds:0.#} s: {what}\n{log?.Invoke()}");
            Thread.Sleep(10);
        }

        return watch.Elapsed;
    }
}
