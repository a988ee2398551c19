using System.Collections.Concurrent;
using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Tests.QueryLogs;

/// <summary>Writes rows as people read them into a log that takes records.</summary>
internal static class LogWriter
{
    private static readonly ConcurrentDictionary<string, int> Numbers = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<int, string> Texts = new();

    /// <summary>What the numbers that <see cref="Append"/> writes stand for.</summary>
    public static PolicyNames Names { get; } = (long _, int group, int rule, Span<byte> text, out int octets) =>
    {
        octets = TextOf(rule) is { } name ? Encoding.UTF8.GetBytes(name, text) : 0;
        return TextOf(group);
    };

    /// <summary>Appends rows, each with its count, and commits.</summary>
    public static void Append(this QueryLogStore store, IEnumerable<QueryLogRow> rows)
    {
        foreach (var row in rows)
            store.Add(row);
        store.Commit();
    }

    /// <summary>Adds the records that a row stands for.</summary>
    public static void Add(this QueryLogStore store, QueryLogRow row)
    {
        var record = new QueryRecord
        {
            UnixMilliseconds = row.At.ToUnixTimeMilliseconds(),
            Client = row.Client,
            Revision = row.Revision,
            Rule = NumberOf(row.Rule),
            Group = (short)NumberOf(row.Group),
            Type = (ushort)row.Type,
            Transport = row.Transport,
            Outcome = row.Outcome,
            Reason = row.Reason,
            Source = row.Source,
            ResponseCode = (byte)row.ResponseCode,
            ExtendedError = (short)row.ExtendedError,
            DurationMicroseconds = (uint)row.DurationMicroseconds,
            HoldMicroseconds = (uint)row.HoldMicroseconds,
        };
        var note = row.Addresses.Length + row.Aliases.Length == 0 ? [] : AnswerNote.Write([.. Words(row.Addresses).Select(AddressOf)], [.. Words(row.Aliases).Select(DomainName.Parse)]);
        var name = DomainName.Parse(row.Name).Octets;
        for (var i = 0; i < row.Count; i++)
            store.Add(record, name, note);
    }

    /// <summary>Searches and waits for it.</summary>
    public static IReadOnlyList<QueryLogRow> Search(this QueryLogStore store, QueryLogFilter filter) => store.SearchAsync(filter, CancellationToken.None).GetAwaiter().GetResult();

    private static InternetAddress AddressOf(string text) => InternetAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string? TextOf(int number) => number < 0 ? null : Texts[number];

    /// <summary>The number that stands for a group or a rule.</summary>
    public static int NumberOf(string? text)
    {
        if (text is null)
            return -1;
        lock (Texts)
        {
            var number = Numbers.GetOrAdd(text, _ => Numbers.Count);
            Texts[number] = text;
            return number;
        }
    }
}
