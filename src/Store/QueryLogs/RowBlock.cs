using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Rows in columns, with their dictionaries, wherever they lie: in memory or in a segment. Never changes while it is looked at, but for counts.</summary>
internal abstract class RowBlock
{
    /// <summary>How many rows.</summary>
    public abstract int Rows { get; }

    /// <summary>The number of the first; the others follow without gaps.</summary>
    public abstract long FirstId { get; }

    /// <summary>What the column of times counts from, in Unix milliseconds.</summary>
    public abstract long BaseTime { get; }

    /// <summary>The earliest row, in Unix milliseconds.</summary>
    public abstract long MinTime { get; }

    /// <summary>The latest row, in Unix milliseconds.</summary>
    public abstract long MaxTime { get; }

    /// <summary>Octets of a section.</summary>
    public abstract int LengthOf(Section section);

    /// <summary>Copies octets out of a section.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public abstract void Read(Section section, int offset, Span<byte> to);

    /// <summary>One value of a column, or one entry of a dictionary.</summary>
    public T Value<T>(Section section, int index)
        where T : unmanaged
    {
        Span<byte> octets = stackalloc byte[Unsafe.SizeOf<T>()];
        Read(section, index * octets.Length, octets);
        return MemoryMarshal.Read<T>(octets);
    }

    /// <summary>Where one of the strings of a dictionary begins and ends.</summary>
    public (int Start, int End) Range(Section ends, int index) =>
        (index == 0 ? 0 : (int)Value<uint>(ends, index - 1), (int)Value<uint>(ends, index));
}
