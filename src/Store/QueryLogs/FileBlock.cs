namespace DnsGuard.Store.QueryLogs;

/// <summary>A block of a segment.</summary>
internal sealed class FileBlock : RowBlock
{
    private readonly Segment _segment;
    private readonly BlockHeader _header;
    private readonly long[] _offsets = new long[SectionLengths.Count];

    /// <summary>The block at a place.</summary>
    public FileBlock(Segment segment, long offset, in BlockHeader header)
    {
        (_segment, _header) = (segment, header);
        offset += BlockHeader.Octets;
        for (var i = 0; i < SectionLengths.Count; i++)
        {
            _offsets[i] = offset;
            offset += header.Lengths[i];
        }
    }

    /// <inheritdoc/>
    public override int Rows => _header.Rows;

    /// <inheritdoc/>
    public override long FirstId => _header.FirstId;

    /// <inheritdoc/>
    public override long BaseTime => _header.BaseTime;

    /// <inheritdoc/>
    public override long MinTime => _header.MinTime;

    /// <inheritdoc/>
    public override long MaxTime => _header.MaxTime;

    /// <inheritdoc/>
    public override int LengthOf(Section section) => _header.Lengths[(int)section];

    /// <inheritdoc/>
    public override void Read(Section section, int offset, Span<byte> to)
    {
        _segment.Read(_offsets[(int)section] + offset, to);
        GiveWay.Now();
    }
}
