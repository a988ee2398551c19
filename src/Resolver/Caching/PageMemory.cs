using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DnsGuard.Resolver.Caching;

/// <summary>Zeroed memory straight from the kernel. Pages cost nothing before they are touched.</summary>
/// <remarks>
/// It is unmapped when nobody holds this object any more, and not before: whoever still reads while the server stops reads zeroes.
/// Methods that follow pointers into it keep their object alive to their end.
/// </remarks>
internal sealed unsafe partial class PageMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int HugePage = 14;
    private const int NotNeeded = 4;
    private const long HugePageOctets = 2 << 20;

    private readonly nuint _octets;
    private readonly int _length;

    /// <summary>Takes so many octets.</summary>
    /// <param name="octets">How many.</param>
    /// <param name="isReadAtRandom">In large pages, where the kernel has them: a table that is read at random costs one look at the page table less.</param>
    /// <exception cref="IOException">The kernel does not give them.</exception>
    public PageMemory(long octets, bool isReadAtRandom = true)
        : base(ownsHandle: true)
    {
        // One large page more, so that the start can be moved to where one begins.
        _octets = (nuint)(octets + HugePageOctets);
        var mapped = Map(0, _octets, ReadWrite, PrivateAnonymous, -1, 0);
        if (mapped == -1)
            throw new IOException($"{octets} octets for a cache are not to be had");
        // SAFETY: the mapping is one large page longer than what was asked for, so the moved start leaves room for all of it.
        SetHandle(mapped);
        Start = (byte*)((mapped + HugePageOctets - 1) & ~(HugePageOctets - 1));
        _length = (int)Math.Min(octets, int.MaxValue);
        // A wish: without large pages everything works, a little slower.
        if (isReadAtRandom)
            _ = Advise((nint)Start, (nuint)octets, HugePage);
    }

    /// <summary>The first octet, at the start of a page.</summary>
    public byte* Start { get; }

    /// <summary>All of it, as far as a span reaches. The owner must be alive while it is used.</summary>
    // SAFETY: the mapping is at least as long.
    public Span<byte> Octets => new(Start, _length);

    /// <summary>Gives the pages back. All of it reads as zeroes from now on.</summary>
    public void Discard() => _ = Advise(handle, _octets, NotNeeded);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Unmap(handle, _octets) == 0;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint octets, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint octets);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint octets, int advice);
}
