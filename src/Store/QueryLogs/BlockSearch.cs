using System.Runtime.InteropServices;
using System.Text;

namespace DnsGuard.Store.QueryLogs;

/// <summary>★ Finds the rows of a block that a filter lets through: dictionaries first, then only those columns that still decide something. Its buffers are all that a search takes.</summary>
internal sealed class BlockSearch
{
    private const int MaxValues = TailRows.MaxRows + 1;
    private const int ChunkOctets = 256 << 10;

    private readonly RowSet _rows = new();
    private readonly byte[] _column = new byte[MaxValues * sizeof(uint)];
    private readonly byte[] _ends = new byte[MaxValues * sizeof(uint)];
    private readonly byte[] _chunk = new byte[ChunkOctets + NamePool.MaxOctets];
    private readonly byte[] _isWanted = new byte[MaxValues];

    /// <summary>Adds a block's rows to those found, the newest first, until there are enough.</summary>
    /// <exception cref="IOException">The block cannot be read.</exception>
    public void Search(RowBlock block, QueryLogFilter filter, List<QueryLogRow> found)
    {
        var rows = (int)Math.Clamp((filter.Below ?? long.MaxValue) - block.FirstId, 0, block.Rows);
        if (rows == 0 || !IsWithin(block, filter))
            return;
        _rows.Fill(rows);
        if (!KeepShapes(block, filter) || !KeepClient(block, filter) || !KeepType(block, filter) || !KeepTimes(block, filter) || !KeepNames(block, filter))
            return;
        for (var row = _rows.Before(rows); row >= 0 && found.Count < filter.Limit; row = _rows.Before(row))
            found.Add(RowReader.Read(block, row));
    }

    private static bool IsWithin(RowBlock block, QueryLogFilter filter) =>
        (filter.Since is not { } since || block.MaxTime >= since.ToUnixTimeMilliseconds()) && (filter.Until is not { } until || block.MinTime < until.ToUnixTimeMilliseconds());

    private bool KeepShapes(RowBlock block, QueryLogFilter filter)
    {
        if (filter.Group is null && filter.Outcome is null && filter.Reason is null)
            return true;
        var group = filter.Group is null ? 0 : TextNumber(block, filter.Group);
        if (group < 0)
            return false;
        var shapes = block.LengthOf(Section.Shapes) / RowShape.Octets;
        var wanted = 0;
        for (var first = 0; first < shapes; first += ChunkOctets / RowShape.Octets)
        {
            var octets = _chunk.AsSpan(0, Math.Min(shapes - first, ChunkOctets / RowShape.Octets) * RowShape.Octets);
            block.Read(Section.Shapes, first * RowShape.Octets, octets);
            var at = first;
            foreach (ref readonly var shape in MemoryMarshal.Cast<byte, RowShape>(octets))
            {
                var isWanted = (filter.Group is null || shape.Group == group) && (filter.Outcome is not { } outcome || shape.Outcome == outcome) && (filter.Reason is not { } reason || shape.Reason == reason);
                _isWanted[at++] = isWanted ? (byte)1 : (byte)0;
                wanted += isWanted ? 1 : 0;
            }
        }

        return wanted == shapes || (wanted > 0 && KeepAmongWanted(block, Section.Shape));
    }

    private bool KeepClient(RowBlock block, QueryLogFilter filter)
    {
        if (filter.Client is not { } client)
            return true;
        var octets = block.LengthOf(Section.Clients);
        for (var offset = 0; offset < octets; offset += ChunkOctets)
        {
            var part = _chunk.AsSpan(0, Math.Min(octets - offset, ChunkOctets));
            block.Read(Section.Clients, offset, part);
            if (MemoryMarshal.Cast<byte, UInt128>(part).IndexOf(client.Bits) is >= 0 and var at)
            {
                _rows.KeepEqual(Column(block, Section.Client), (ushort)((offset / 16) + at));
                return !_rows.IsEmpty;
            }
        }

        return false;
    }

    private bool KeepType(RowBlock block, QueryLogFilter filter)
    {
        if (filter.Type is not { } type)
            return true;
        _rows.KeepEqual(Column(block, Section.Type), (ushort)type);
        return !_rows.IsEmpty;
    }

    private bool KeepTimes(RowBlock block, QueryLogFilter filter)
    {
        var since = filter.Since?.ToUnixTimeMilliseconds() ?? long.MinValue;
        var until = filter.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue;
        if (block.MinTime >= since && block.MaxTime < until)
            return true;
        var octets = _column.AsSpan(0, block.LengthOf(Section.At));
        block.Read(Section.At, 0, octets);
        // Both ends lie near the block's times here, or are not asked for.
        _rows.KeepWithin(MemoryMarshal.Cast<byte, int>(_column), since == long.MinValue ? since : since - block.BaseTime, until == long.MaxValue ? until : until - block.BaseTime);
        return !_rows.IsEmpty;
    }

    private bool KeepNames(RowBlock block, QueryLogFilter filter)
    {
        if (string.IsNullOrEmpty(filter.Name))
            return true;
        var part = Encoding.UTF8.GetBytes(filter.Name);
        return !part.Contains(NamePool.Separator) && FindNames(block, part) && KeepAmongWanted(block, Section.Name);
    }

    // All names lie one behind the other: they are searched as one text, which processors do many octets at a time.
    private bool FindNames(RowBlock block, ReadOnlySpan<byte> part)
    {
        var names = block.LengthOf(Section.NameEnds) / sizeof(uint);
        block.Read(Section.NameEnds, 0, _ends.AsSpan(0, names * sizeof(uint)));
        var ends = MemoryMarshal.Cast<byte, uint>(_ends.AsSpan(0, names * sizeof(uint)));
        _isWanted.AsSpan(0, names).Clear();
        var name = 0;
        var isAny = false;
        while (name < names)
        {
            // As many whole names as the buffer takes.
            var start = name == 0 ? 0 : (int)ends[name - 1];
            var last = LastEndingBy(ends, name, start + _chunk.Length);
            var text = _chunk.AsSpan(0, (int)ends[last] - start);
            block.Read(Section.NameText, start, text);
            for (var at = 0; at < text.Length;)
            {
                var hit = text[at..].IndexOf(part);
                if (hit < 0)
                    break;
                at += hit;
                while (ends[name] - start <= at)
                    name++;
                _isWanted[name] = 1;
                isAny = true;
                at = (int)ends[name] - start;
            }

            name = last + 1;
        }

        return isAny;
    }

    private static int LastEndingBy(ReadOnlySpan<uint> ends, int first, int offset)
    {
        var found = ends[first..].BinarySearch((uint)offset);
        // Where it is not among them, the complement says how many end before it; the first always fits.
        return first + (found >= 0 ? found : ~found - 1);
    }

    // -1 where the block has no such text; otherwise its number plus one, as shapes have it.
    private int TextNumber(RowBlock block, string text)
    {
        var wanted = Encoding.UTF8.GetBytes(text);
        var texts = block.LengthOf(Section.TextEnds) / sizeof(uint);
        block.Read(Section.TextEnds, 0, _ends.AsSpan(0, texts * sizeof(uint)));
        var start = 0;
        var ends = MemoryMarshal.Cast<byte, uint>(_ends.AsSpan(0, texts * sizeof(uint)));
        for (var i = 0; i < texts; i++)
        {
            var length = (int)ends[i] - start;
            if (length == wanted.Length)
            {
                block.Read(Section.Texts, start, _chunk.AsSpan(0, length));
                if (_chunk.AsSpan(0, length).SequenceEqual(wanted))
                    return i + 1;
            }

            start += length;
        }

        return -1;
    }

    private bool KeepAmongWanted(RowBlock block, Section section)
    {
        _rows.KeepAmong(Column(block, section), _isWanted);
        return !_rows.IsEmpty;
    }

    private ReadOnlySpan<ushort> Column(RowBlock block, Section section)
    {
        block.Read(section, 0, _column.AsSpan(0, block.LengthOf(section)));
        return MemoryMarshal.Cast<byte, ushort>(_column);
    }
}
