using System.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.QueryLogs;

/// <summary>The columns that sums are made of, and the dictionaries they lead to.</summary>
internal readonly ref struct BlockColumns(Columns columns, RowBlock block)
{
    private readonly ReadOnlySpan<uint> _nameEnds = columns.Read<uint>(block, Section.NameEnds);
    private readonly ReadOnlySpan<byte> _names = columns.Read<byte>(block, Section.NameText);
    private readonly ReadOnlySpan<uint> _textEnds = columns.Read<uint>(block, Section.TextEnds);
    private readonly ReadOnlySpan<byte> _texts = columns.Read<byte>(block, Section.Texts);

    public ReadOnlySpan<int> At { get; } = columns.Read<int>(block, Section.At);

    public ReadOnlySpan<uint> Count { get; } = columns.Read<uint>(block, Section.Count);

    public ReadOnlySpan<ushort> Name { get; } = columns.Read<ushort>(block, Section.Name);

    public ReadOnlySpan<ushort> Client { get; } = columns.Read<ushort>(block, Section.Client);

    public ReadOnlySpan<ushort> Type { get; } = columns.Read<ushort>(block, Section.Type);

    public ReadOnlySpan<ushort> Shape { get; } = columns.Read<ushort>(block, Section.Shape);

    public ReadOnlySpan<RowShape> Shapes { get; } = columns.Read<RowShape>(block, Section.Shapes);

    public ReadOnlySpan<InternetAddress> Clients { get; } = columns.Read<InternetAddress>(block, Section.Clients)[..Columns.Count<InternetAddress>(block, Section.Clients)];

    /// <summary>The name of a row, without its separator.</summary>
    public string NameOf(int row) => NameAt(Name[row]);

    /// <summary>A name by its number.</summary>
    public string NameAt(int number) => Encoding.ASCII.GetString(Columns.String(_nameEnds, _names, number)[..^1]);

    /// <summary>A text by its number plus one.</summary>
    public string? TextOf(int number) => number == 0 ? null : Encoding.UTF8.GetString(Columns.String(_textEnds, _texts, number - 1));
}
