using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Whole columns and dictionaries of the block that is looked at, copied into buffers that are used again for the next one.</summary>
internal sealed class Columns
{
    private readonly byte[]?[] _buffers = new byte[]?[SectionLengths.Count];

    /// <summary>A section as values. What lies behind the block's own is undefined, but there, so that 64 rows can be looked at together.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ReadOnlySpan<T> Read<T>(RowBlock block, Section section)
        where T : unmanaged
    {
        var octets = block.LengthOf(section);
        var least = Math.Max(octets, (TailRows.MaxRows + 1) * Unsafe.SizeOf<T>());
        ref var buffer = ref _buffers[(int)section];
        if (buffer is null || buffer.Length < least)
            buffer = GC.AllocateUninitializedArray<byte>(least);
        block.Read(section, 0, buffer.AsSpan(0, octets));
        return MemoryMarshal.Cast<byte, T>(buffer);
    }

    /// <summary>How many values a dictionary has.</summary>
    public static int Count<T>(RowBlock block, Section section)
        where T : unmanaged => block.LengthOf(section) / Unsafe.SizeOf<T>();

    /// <summary>One of the strings whose ends and octets were read.</summary>
    public static ReadOnlySpan<byte> String(ReadOnlySpan<uint> ends, ReadOnlySpan<byte> text, int index)
    {
        var start = index == 0 ? 0 : (int)ends[index - 1];
        return text[start..(int)ends[index]];
    }
}
