using System.Runtime.InteropServices;

namespace DnsGuard.Wire.Tests;

/// <summary>The processor time of the calling thread: what others do on a busy machine is not in it.</summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    public static TimeSpan Now => ReadClock(ThreadProcessorTime, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / 100)
        : throw new PlatformNotSupportedException("no clock for threads");

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Time
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
