using System.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.QueryLogs;

/// <summary>★ Narrows a block to the rows that a filter lets through: dictionaries first, then only those columns that still decide something. Its buffers are all that a search takes.</summary>
internal sealed class BlockFilter
{
    private const int ChunkOctets = 256 << 10;

    private readonly Columns _columns = new();
    private readonly byte[] _chunk = new byte[ChunkOctets + NamePool.MaxOctets];
    private readonly byte[] _isWanted = new byte[TailRows.MaxRows + 1];
    private readonly byte[] _isWantedText = new byte[(2 * TailRows.MaxRows) + 1];

    /// <summary>What is left after <see cref="Narrow"/>.</summary>
    public RowSet Rows { get; } = new();

    /// <summary>Narrows; false where nothing is left.</summary>
    /// <exception cref="IOException">The block cannot be read.</exception>
    public bool Narrow(RowBlock block, QueryLogFilter filter)
    {
        var end = (int)Math.Clamp((filter.Below ?? long.MaxValue) - block.FirstId, 0, block.Rows);
        var first = (int)Math.Clamp((filter.Above ?? -1) - block.FirstId + 1, 0, end);
        if (first == end || !filter.MayHold(block.MinTime, block.MaxTime))
            return false;
        Rows.Fill(first, end);
        return KeepShapes(block, filter) && KeepClients(block, filter) && KeepType(block, filter) && KeepTimes(block, filter)
            && KeepDurations(block, filter) && KeepNames(block, filter) && KeepNotes(block, filter);
    }

    private bool KeepShapes(RowBlock block, QueryLogFilter filter)
    {
        if (!filter.AsksShape)
            return true;
        var group = filter.Group is null ? 0 : TextNumber(block, filter.Group);
        if (group < 0 || (filter.Rule is { } rule && !FindTexts(block, rule)))
            return false;
        var shapes = _columns.Read<RowShape>(block, Section.Shapes)[..Columns.Count<RowShape>(block, Section.Shapes)];
        var wanted = 0;
        for (var i = 0; i < shapes.Length; i++)
        {
            ref readonly var shape = ref shapes[i];
            var isWanted = (filter.Group is null || shape.Group == group) && (filter.Rule is null || _isWantedText[shape.Rule] != 0) && Fits(shape, filter);
            _isWanted[i] = isWanted ? (byte)1 : (byte)0;
            wanted += isWanted ? 1 : 0;
        }

        return wanted == shapes.Length || (wanted > 0 && KeepAmongWanted(block, Section.Shape));
    }

    private static bool Fits(in RowShape shape, QueryLogFilter filter) =>
        (filter.Outcome is not { } outcome || shape.Outcome == outcome)
        && (filter.Reason is not { } reason || shape.Reason == reason)
        && (filter.Revision is not { } revision || shape.Revision == revision)
        && (filter.Transport is not { } transport || shape.Transport == transport)
        && (filter.ResponseCode is not { } code || shape.ResponseCode == (byte)code)
        && (filter.ExtendedError is not { } error || shape.ExtendedError == error)
        && (filter.Source is not { } source || shape.Source == source);

    private bool KeepClients(RowBlock block, QueryLogFilter filter)
    {
        if (filter.Clients is not { } range)
            return true;
        var clients = _columns.Read<UInt128>(block, Section.Clients)[..Columns.Count<UInt128>(block, Section.Clients)];
        if (range == AddressRange.Of(range.First))
        {
            var at = clients.IndexOf(range.First.Bits);
            if (at >= 0)
                Rows.KeepEqual(_columns.Read<ushort>(block, Section.Client), (ushort)at);
            return at >= 0 && !Rows.IsEmpty;
        }

        for (var i = 0; i < clients.Length; i++)
            _isWanted[i] = range.Contains(new InternetAddress(clients[i])) ? (byte)1 : (byte)0;
        return KeepAmongWanted(block, Section.Client);
    }

    private bool KeepType(RowBlock block, QueryLogFilter filter)
    {
        if (filter.Type is not { } type)
            return true;
        Rows.KeepEqual(_columns.Read<ushort>(block, Section.Type), (ushort)type);
        return !Rows.IsEmpty;
    }

    private bool KeepTimes(RowBlock block, QueryLogFilter filter)
    {
        var since = filter.Since?.ToUnixTimeMilliseconds() ?? long.MinValue;
        var until = filter.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue;
        if (block.MinTime >= since && block.MaxTime < until)
            return true;
        // Both ends lie near the block's times here, or are not asked for.
        Rows.KeepWithin(_columns.Read<int>(block, Section.At), since == long.MinValue ? since : since - block.BaseTime, until == long.MaxValue ? until : until - block.BaseTime);
        return !Rows.IsEmpty;
    }

    private bool KeepDurations(RowBlock block, QueryLogFilter filter)
    {
        if (filter.MinDuration is not { } least)
            return true;
        Rows.KeepAtLeast(_columns.Read<uint>(block, Section.Duration), least);
        return !Rows.IsEmpty;
    }

    private bool KeepNames(RowBlock block, QueryLogFilter filter)
    {
        if (string.IsNullOrEmpty(filter.Name))
            return true;
        var part = Encoding.UTF8.GetBytes(filter.NameMatch is NameMatch.Contains ? filter.Name : filter.Name + (char)NamePool.Separator);
        return !filter.Name.Contains((char)NamePool.Separator) && FindNames(block, part, filter.NameMatch) && KeepAmongWanted(block, Section.Name);
    }

    // All names lie one behind the other: they are searched as one text, which processors do many octets at a time.
    private bool FindNames(RowBlock block, ReadOnlySpan<byte> part, NameMatch match)
    {
        var names = Columns.Count<uint>(block, Section.NameEnds);
        var ends = _columns.Read<uint>(block, Section.NameEnds)[..names];
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
                var begins = name == 0 ? 0 : (int)ends[name - 1] - start;
                if (match is NameMatch.Contains || at == begins || (match is NameMatch.Within && IsLabelEnd(text[begins..at])))
                {
                    _isWanted[name] = 1;
                    isAny = true;
                }

                at = (int)ends[name] - start;
            }

            name = last + 1;
        }

        return isAny;
    }

    // A dot that ends a label, and is not part of one (RFC 1035 §5.1).
    private static bool IsLabelEnd(ReadOnlySpan<byte> before) => before[^1] == (byte)'.' && ((before.Length - 1 - before[..^1].LastIndexOfAnyExcept((byte)'\\')) & 1) == 1;

    private static int LastEndingBy(ReadOnlySpan<uint> ends, int first, int offset)
    {
        var found = ends[first..].BinarySearch((uint)offset);
        // Where it is not among them, the complement says how many end before it; the first always fits.
        return first + (found >= 0 ? found : ~found - 1);
    }

    // Number 0 is a row without a note.
    private bool KeepNotes(RowBlock block, QueryLogFilter filter)
    {
        if (filter.Address is null && string.IsNullOrEmpty(filter.Alias))
            return true;
        var notes = Columns.Count<uint>(block, Section.NoteEnds);
        var ends = _columns.Read<uint>(block, Section.NoteEnds)[..notes];
        var octets = _columns.Read<byte>(block, Section.Notes);
        _isWanted[0] = 0;
        for (var i = 0; i < notes; i++)
        {
            GiveWay.Sometimes(i);
            _isWanted[i + 1] = NoteSearch.Fits(Columns.String(ends, octets, i), filter.Address, filter.Alias) ? (byte)1 : (byte)0;
        }

        return KeepAmongWanted(block, Section.Note);
    }

    // -1 where the block has no such text; otherwise its number plus one, as shapes have it.
    private int TextNumber(RowBlock block, string text)
    {
        var wanted = Encoding.UTF8.GetBytes(text);
        var texts = Columns.Count<uint>(block, Section.TextEnds);
        var ends = _columns.Read<uint>(block, Section.TextEnds)[..texts];
        var octets = _columns.Read<byte>(block, Section.Texts);
        for (var i = 0; i < texts; i++)
        {
            if (Columns.String(ends, octets, i).SequenceEqual(wanted))
                return i + 1;
        }

        return -1;
    }

    private bool FindTexts(RowBlock block, string part)
    {
        var wanted = Encoding.UTF8.GetBytes(part);
        var texts = Columns.Count<uint>(block, Section.TextEnds);
        var ends = _columns.Read<uint>(block, Section.TextEnds)[..texts];
        var octets = _columns.Read<byte>(block, Section.Texts);
        _isWantedText[0] = 0;
        var isAny = false;
        for (var i = 0; i < texts; i++)
        {
            var isWanted = Columns.String(ends, octets, i).IndexOf(wanted) >= 0;
            _isWantedText[i + 1] = isWanted ? (byte)1 : (byte)0;
            isAny |= isWanted;
        }

        return isAny;
    }

    private bool KeepAmongWanted(RowBlock block, Section section)
    {
        Rows.KeepAmong(_columns.Read<ushort>(block, section), _isWanted);
        return !Rows.IsEmpty;
    }
}
