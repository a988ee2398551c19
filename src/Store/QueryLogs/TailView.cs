namespace DnsGuard.Store.QueryLogs;

/// <summary>The tail as it was when it was last published: a searcher sees exactly these rows, whatever the pump adds meanwhile.</summary>
internal sealed class TailView(TailRows tail) : RowBlock
{
    private readonly SectionLengths _lengths = tail.Lengths();

    /// <summary>The tail itself, for its lease.</summary>
    public TailRows Tail { get; } = tail;

    /// <inheritdoc/>
    public override int Rows { get; } = tail.Rows;

    /// <inheritdoc/>
    public override long FirstId { get; } = tail.FirstId;

    /// <inheritdoc/>
    public override long BaseTime { get; } = tail.BaseTime;

    /// <inheritdoc/>
    public override long MinTime { get; } = tail.MinTime;

    /// <inheritdoc/>
    public override long MaxTime { get; } = tail.MaxTime;

    /// <inheritdoc/>
    public override int LengthOf(Section section) => _lengths[(int)section];

    /// <inheritdoc/>
    public override void Read(Section section, int offset, Span<byte> to) => Tail.Read(section, offset, to);
}
