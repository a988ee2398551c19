namespace DnsGuard.Store.QueryLogs;

/// <summary>Arrays that are filled from their start: what was never written to is never read, so it need not be zeroed, and takes no memory.</summary>
internal static class Room
{
    /// <summary>An array of any content. Pinned, since moving it would touch all of it.</summary>
    public static T[] For<T>(int count)
        where T : unmanaged => GC.AllocateUninitializedArray<T>(count, pinned: true);
}
