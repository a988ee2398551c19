using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Names;

namespace DnsGuard.Store.QueryLogs;

/// <summary>The newest rows, in memory: flat columns and dictionaries that the pump appends to until they become a block of a segment.</summary>
/// <remarks>
/// One writer. A reader sees the rows that a <see cref="TailView"/> counts: whatever belongs to them was written before it and stays,
/// but for counts, which grow while their second lasts. Nothing is allocated per record.
/// </remarks>
internal sealed class TailRows
{
    /// <summary>Rows that fit: their numbers, and those of everything they lead to, take 16 bits.</summary>
    public const int MaxRows = FlatIndex.MaxEntries;

    private const int PoolOctets = 4 << 20;
    private const int MaxTextOctets = 4_096;
    private const int MaxNoteOctets = 4_096;
    private const int ColumnOctets = (5 * sizeof(uint)) + (5 * sizeof(ushort));
    private const int MillisecondsPerSecond = 1_000;

    private readonly int[] _at = Room.For<int>(MaxRows);
    private readonly uint[] _counts = Room.For<uint>(MaxRows);
    private readonly ushort[] _names = Room.For<ushort>(MaxRows);
    private readonly ushort[] _clients = Room.For<ushort>(MaxRows);
    private readonly ushort[] _types = Room.For<ushort>(MaxRows);
    private readonly ushort[] _shapes = Room.For<ushort>(MaxRows);
    private readonly ushort[] _notes = Room.For<ushort>(MaxRows);
    private readonly uint[] _durations = Room.For<uint>(MaxRows);
    private readonly uint[] _holds = Room.For<uint>(MaxRows);
    private readonly NamePool _namePool = new(PoolOctets);
    private readonly ClientTable _clientTable = new();
    private readonly ShapeTable _shapeTable = new();
    private readonly OctetPool _notePool = new(PoolOctets);
    private readonly OctetPool _texts = new(PoolOctets);
    private readonly FlatIndex _repeats = new();
    private readonly RepeatKey[] _keys = Room.For<RepeatKey>(MaxRows);
    private readonly Recount[] _recounts = Room.For<Recount>(MaxRows);
    private readonly bool[] _isRecounted = new bool[MaxRows];
    private readonly PolicyNames _policyNames;
    private SectionLengths _saved;
    private int _recounted;

    /// <summary>Begins empty.</summary>
    /// <param name="policyNames">What the numbers in records stand for.</param>
    public TailRows(PolicyNames policyNames) => _policyNames = policyNames;

    /// <summary>Searches that look at it now. Under the lock of the store.</summary>
    public int Leases { get; set; }

    /// <summary>The number of the first row.</summary>
    public long FirstId { get; private set; }

    /// <summary>How many rows.</summary>
    public int Rows { get; private set; }

    /// <summary>How many of them are in the journal.</summary>
    public int SavedRows { get; private set; }

    /// <summary>What the column of times counts from, in Unix milliseconds.</summary>
    public long BaseTime { get; private set; }

    /// <summary>The earliest row.</summary>
    public long MinTime { get; private set; }

    /// <summary>The latest row.</summary>
    public long MaxTime { get; private set; }

    /// <summary>The sum of all counts.</summary>
    public long Sum { get; private set; }

    /// <summary>Is there anything that the journal does not have?</summary>
    public bool IsUnsaved => Rows > SavedRows || _recounted > 0;

    /// <summary>About what a block of it takes on disk.</summary>
    public int Octets => BlockHeader.Octets + (Rows * ColumnOctets) + (_namePool.Count * sizeof(uint)) + _namePool.Used + (_clientTable.Count * 16)
        + (_shapeTable.Count * RowShape.Octets) + (_notePool.Count * sizeof(uint)) + _notePool.Used + (_texts.Count * sizeof(uint)) + _texts.Used;

    /// <summary>Is there room for any other row?</summary>
    public bool HasRoom => Rows < MaxRows && _namePool.HasRoom && _notePool.HasRoomFor(1, MaxNoteOctets) && _texts.HasRoomFor(2, 2 * MaxTextOctets);

    /// <summary>May a record of that time stand here?</summary>
    /// <param name="unixMilliseconds">When it came.</param>
    /// <param name="span">How much time the rows may span.</param>
    public bool Spans(long unixMilliseconds, long span) => Rows == 0 || (unixMilliseconds - MinTime <= span && MaxTime - unixMilliseconds <= span);

    /// <summary>Adds a record, or counts it where an equal one stands already. There must be room.</summary>
    public void Add(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted)
    {
        var client = _clientTable.Intern(record.Client);
        var shape = _shapeTable.Find(record);
        if (shape < 0)
            shape = AddShape(record);
        var named = _namePool.Intern(name);
        var key = new RepeatKey((uint)named | ((ulong)client << 16) | ((ulong)record.Type << 32) | ((ulong)shape << 48), record.UnixMilliseconds / MillisecondsPerSecond);
        Sum++;
        var probe = FlatIndex.Start(NameHash.With(NameHash.Root, key.What));
        while (_repeats.Next(ref probe, out var row))
        {
            if (_keys[row].What != key.What)
                continue;
            if (_keys[row].Second == key.Second)
            {
                Repeat(row);
                return;
            }

            // The same in another second: from now on repeats are those of the newer row.
            _repeats.Replace(probe, Rows);
            Append(record, key, noted);
            return;
        }

        _repeats.Add(probe, Rows);
        Append(record, key, noted);
    }

    /// <summary>All of a section.</summary>
    public ReadOnlySpan<byte> All(Section section) => Whole(section)[..LengthOf(section)];

    /// <summary>What the journal lacks of a section.</summary>
    public ReadOnlySpan<byte> Unsaved(Section section) => section is Section.Recounts ? MemoryMarshal.AsBytes(_recounts.AsSpan(0, _recounted)) : All(section)[_saved[(int)section]..];

    /// <summary>Notes that the journal has everything.</summary>
    public void MarkSaved()
    {
        foreach (var recount in _recounts.AsSpan(0, _recounted))
            _isRecounted[recount.Row] = false;
        _recounted = 0;
        SavedRows = Rows;
        _saved = Lengths();
    }

    /// <summary>Notes that the journal has nothing.</summary>
    public void MarkUnsaved()
    {
        MarkSaved();
        SavedRows = 0;
        _saved = default;
    }

    /// <summary>Octets of all sections now.</summary>
    public SectionLengths Lengths()
    {
        var lengths = default(SectionLengths);
        for (var section = Section.At; section <= Section.Texts; section++)
            lengths[(int)section] = LengthOf(section);
        return lengths;
    }

    /// <summary>Copies octets out of a section; for any thread.</summary>
    public void Read(Section section, int offset, Span<byte> to) => Whole(section).Slice(offset, to.Length).CopyTo(to);

    /// <summary>Empties it.</summary>
    /// <param name="firstId">The number of its next row.</param>
    public void Clear(long firstId)
    {
        MarkUnsaved();
        _namePool.Clear();
        _clientTable.Clear();
        _shapeTable.Clear();
        _notePool.Clear();
        _texts.Clear();
        _repeats.Clear();
        FirstId = firstId;
        Rows = 0;
        BaseTime = MinTime = MaxTime = Sum = 0;
    }

    /// <summary>Takes an entry of the journal back. What is restored is not found by later records: it has to become a block.</summary>
    /// <returns>False where it does not follow what is there.</returns>
    public bool Restore(in BlockHeader entry, ReadOnlySpan<byte> body)
    {
        if (entry.RowsBefore != Rows || entry.FirstId != FirstId || entry.Rows > MaxRows)
            return false;
        (Rows, BaseTime, MinTime, MaxTime, Sum) = (entry.Rows, entry.BaseTime, entry.MinTime, entry.MaxTime, entry.Sum);
        var before = _saved;
        for (var section = Section.At; section <= Section.Texts; section++)
        {
            var octets = entry.Lengths[(int)section];
            var whole = Whole(section);
            if (octets < 0 || octets > whole.Length - before[(int)section])
                return false;
            body[..octets].CopyTo(whole[before[(int)section]..]);
            body = body[octets..];
            _saved[(int)section] += octets;
        }

        foreach (var recount in MemoryMarshal.Cast<byte, Recount>(body[..entry.Lengths[(int)Section.Recounts]]))
            _counts[recount.Row] = recount.Count;
        SavedRows = Rows;
        _namePool.Restore(_saved[(int)Section.NameEnds] / sizeof(uint), _saved[(int)Section.NameText]);
        _clientTable.Restore(_saved[(int)Section.Clients] / 16);
        _shapeTable.Restore(_saved[(int)Section.Shapes] / RowShape.Octets);
        _notePool.Restore(_saved[(int)Section.NoteEnds] / sizeof(uint), _saved[(int)Section.Notes]);
        _texts.Restore(_saved[(int)Section.TextEnds] / sizeof(uint), _saved[(int)Section.Texts]);
        return true;
    }

    private int LengthOf(Section section) => section switch
    {
        Section.At or Section.Count or Section.Duration or Section.Hold => Rows * sizeof(uint),
        Section.Name or Section.Client or Section.Type or Section.Shape or Section.Note => Rows * sizeof(ushort),
        Section.NameEnds => _namePool.Count * sizeof(uint),
        Section.NameText => _namePool.Used,
        Section.Clients => _clientTable.Count * 16,
        Section.Shapes => _shapeTable.Count * RowShape.Octets,
        Section.NoteEnds => _notePool.Count * sizeof(uint),
        Section.Notes => _notePool.Used,
        Section.TextEnds => _texts.Count * sizeof(uint),
        Section.Texts => _texts.Used,
        _ => 0,
    };

    private Span<byte> Whole(Section section) => section switch
    {
        Section.At => MemoryMarshal.AsBytes(_at.AsSpan()),
        Section.Count => MemoryMarshal.AsBytes(_counts.AsSpan()),
        Section.Name => MemoryMarshal.AsBytes(_names.AsSpan()),
        Section.Client => MemoryMarshal.AsBytes(_clients.AsSpan()),
        Section.Type => MemoryMarshal.AsBytes(_types.AsSpan()),
        Section.Shape => MemoryMarshal.AsBytes(_shapes.AsSpan()),
        Section.Note => MemoryMarshal.AsBytes(_notes.AsSpan()),
        Section.Duration => MemoryMarshal.AsBytes(_durations.AsSpan()),
        Section.Hold => MemoryMarshal.AsBytes(_holds.AsSpan()),
        Section.NameEnds => _namePool.Ends,
        Section.NameText => _namePool.Text,
        Section.Clients => _clientTable.Octets,
        Section.Shapes => _shapeTable.Octets,
        Section.NoteEnds => _notePool.Ends,
        Section.Notes => _notePool.Octets,
        Section.TextEnds => _texts.Ends,
        Section.Texts => _texts.Octets,
        _ => default,
    };

    private void Append(in QueryRecord record, in RepeatKey key, ReadOnlySpan<byte> noted)
    {
        var row = Rows;
        var time = record.UnixMilliseconds;
        if (row == 0)
            BaseTime = MinTime = MaxTime = time;
        MinTime = Math.Min(MinTime, time);
        MaxTime = Math.Max(MaxTime, time);
        _keys[row] = key;
        _at[row] = (int)(time - BaseTime);
        _counts[row] = 1;
        _names[row] = (ushort)key.What;
        _clients[row] = (ushort)(key.What >> 16);
        _types[row] = record.Type;
        _shapes[row] = (ushort)(key.What >> 48);
        // What does not fit in a note has never been made; it is left out rather than cut in the middle of a name.
        _notes[row] = noted.IsEmpty || noted.Length > MaxNoteOctets ? (ushort)0 : (ushort)(_notePool.Intern(noted, out _) + 1);
        _durations[row] = record.DurationMicroseconds;
        _holds[row] = record.HoldMicroseconds;
        Rows = row + 1;
    }

    private void Repeat(int row)
    {
        _counts[row]++;
        if (row >= SavedRows || _isRecounted[row])
        {
            // The journal will have its count with the row, or has its place among those to be told anew.
            return;
        }

        _isRecounted[row] = true;
        _recounts[_recounted++] = new Recount((uint)row, 0);
    }

    /// <summary>Fills in what the counts are now, just before they are written.</summary>
    public void SettleRecounts()
    {
        foreach (ref var recount in _recounts.AsSpan(0, _recounted))
            recount = recount with { Count = _counts[recount.Row] };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AddShape(in QueryRecord record)
    {
        Span<byte> text = stackalloc byte[MaxTextOctets];
        var group = _policyNames(record.Revision, record.Group, record.Rule, text, out var octets);
        var rule = Text(text[..octets]);
        Utf8.FromUtf16(group, text, out _, out octets);
        return _shapeTable.Add(record, Text(text[..octets]), rule);
    }

    // Plus one; 0 for none.
    private ushort Text(ReadOnlySpan<byte> text) => text.IsEmpty ? (ushort)0 : (ushort)(_texts.Intern(text, out _) + 1);

    /// <summary>What makes two records of one second repeats of each other: name, client, type and shape, 16 bits each.</summary>
    private readonly record struct RepeatKey(ulong What, long Second);
}
