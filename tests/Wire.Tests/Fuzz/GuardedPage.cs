using System.ComponentModel;
using System.Runtime.InteropServices;

namespace DnsGuard.Wire.Tests.Fuzz;

/// <summary>Memory whose last octet is followed by a page that nobody may touch: whoever reads too far ends the process.</summary>
internal sealed unsafe partial class GuardedPage : IDisposable
{
    private const int ReadWrite = 0x1 | 0x2;
    private const int PrivateAnonymous = 0x02 | 0x20;

    private readonly byte* _start;
    private readonly nuint _capacity;

    public GuardedPage(int octets)
    {
        var page = (nuint)Environment.SystemPageSize;
        _capacity = ((nuint)octets + page - 1) / page * page;
        _start = (byte*)MapMemory(0, _capacity + page, ReadWrite, PrivateAnonymous, -1, 0);
        if (_start == (byte*)-1 || ProtectMemory(_start + _capacity, page, 0) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>The first octet that must not be read.</summary>
    public nuint Guard => (nuint)_start + _capacity;

    /// <summary>The last octets in front of the guard.</summary>
    public Span<byte> Last(int octets) => new(_start + _capacity - octets, octets);

    /// <summary>A copy of a message that ends at the guard.</summary>
    public ReadOnlySpan<byte> Place(ReadOnlySpan<byte> message)
    {
        var place = Last(message.Length);
        message.CopyTo(place);
        return place;
    }

    public void Dispose() => _ = UnmapMemory(_start, _capacity + (nuint)Environment.SystemPageSize);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MapMemory(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int ProtectMemory(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int UnmapMemory(void* address, nuint length);
}
