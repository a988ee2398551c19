using System.Buffers;
using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.QueryLogs;

/// <summary>One row of a block, with everything resolved to what people read.</summary>
internal static class RowReader
{
    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static QueryLogRow Read(RowBlock block, int row)
    {
        var shape = block.Value<RowShape>(Section.Shapes, block.Value<ushort>(Section.Shape, row));
        var note = block.Value<ushort>(Section.Note, row);
        var (addresses, aliases) = note == 0 ? ([], []) : String(block, Section.NoteEnds, Section.Notes, note - 1, static octets => AnswerNote.Read(octets));
        return new QueryLogRow
        {
            Id = block.FirstId + row,
            At = DateTimeOffset.FromUnixTimeMilliseconds(block.BaseTime + block.Value<int>(Section.At, row)),
            Count = block.Value<uint>(Section.Count, row),
            Client = block.Value<InternetAddress>(Section.Clients, block.Value<ushort>(Section.Client, row)),
            Group = Text(block, shape.Group),
            Transport = shape.Transport,
            // Without its separator.
            Name = String(block, Section.NameEnds, Section.NameText, block.Value<ushort>(Section.Name, row), static octets => Encoding.ASCII.GetString(octets[..^1])),
            Type = (RecordType)block.Value<ushort>(Section.Type, row),
            Outcome = shape.Outcome,
            Reason = shape.Reason,
            Rule = Text(block, shape.Rule),
            Revision = shape.Revision,
            ResponseCode = (ResponseCode)shape.ResponseCode,
            ExtendedError = shape.ExtendedError,
            Source = shape.Source,
            Addresses = string.Join(' ', addresses),
            Aliases = string.Join(' ', aliases),
            DurationMicroseconds = block.Value<uint>(Section.Duration, row),
            HoldMicroseconds = block.Value<uint>(Section.Hold, row),
        };
    }

    private static string? Text(RowBlock block, ushort number) =>
        number == 0 ? null : String(block, Section.TextEnds, Section.Texts, number - 1, static octets => Encoding.UTF8.GetString(octets));

    private static T String<T>(RowBlock block, Section ends, Section text, int index, Reader<T> reader)
    {
        var (start, end) = block.Range(ends, index);
        var octets = ArrayPool<byte>.Shared.Rent(end - start);
        try
        {
            block.Read(text, start, octets.AsSpan(0, end - start));
            return reader(octets.AsSpan(0, end - start));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets);
        }
    }

    private delegate T Reader<T>(ReadOnlySpan<byte> octets);
}
