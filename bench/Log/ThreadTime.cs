using System.Runtime.InteropServices;

namespace DnsGuard.Log;

/// <summary>The processor time of the calling thread: what a busy neighbour does not change much.</summary>
internal static partial class ThreadTime
{
    private const int ThreadClock = 3;

    /// <summary>In seconds.</summary>
    public static double Now => ClockGetTime(ThreadClock, out var time) == 0 ? time.Seconds + (time.Nanoseconds * 1e-9) : throw new InvalidOperationException("this kernel has no clock per thread");

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
