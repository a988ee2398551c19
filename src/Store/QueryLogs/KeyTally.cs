using System.Globalization;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.QueryLogs;

/// <summary>What queries are summed up by.</summary>
public enum LogKey
{
    /// <summary>The QNAME.</summary>
    Name,

    /// <summary>Who asked.</summary>
    Client,

    /// <summary>The group.</summary>
    Group,

    /// <summary>The deciding rule.</summary>
    Rule,

    /// <summary>The QTYPE.</summary>
    Type,

    /// <summary>Why it was judged so.</summary>
    Reason,
}

/// <summary>Exact numbers of queries for each value of one field; what the largest are.</summary>
/// <param name="key">By what.</param>
/// <param name="fold">Makes several values one, such as names their domain; null for none.</param>
/// <param name="mostKeys">Values that are told apart; queries of others are only counted, as <see cref="QueriesLeftOut"/>.</param>
public sealed class KeyTally(LogKey key, Func<string, string>? fold = null, int mostKeys = 500_000) : LogTally
{
    private readonly Columns _columns = new();
    private readonly Dictionary<string, (long Queries, long Last)> _sums = [];
    private readonly long[] _queries = new long[TailRows.MaxRows + 1];
    private readonly long[] _last = new long[TailRows.MaxRows + 1];

    /// <summary>Queries of values that there was no room for.</summary>
    public long QueriesLeftOut { get; private set; }

    /// <summary>The largest sums, with the last moment in Unix milliseconds. What has no value is left out.</summary>
    public IReadOnlyList<(string Key, long Queries, long Last)> Largest(int limit) =>
        [.. _sums.OrderByDescending(sum => sum.Value.Queries).ThenBy(sum => sum.Key, StringComparer.Ordinal).Take(limit).Select(sum => (sum.Key, sum.Value.Queries, sum.Value.Last))];

    /// <summary>The sum of one value; null where there is none.</summary>
    public (long Queries, long Last)? Find(string value) => _sums.TryGetValue(value, out var sum) ? sum : null;

    /// <inheritdoc/>
    internal override void Take(RowBlock block, RowSet rows)
    {
        // First by the block's own numbers; only what they lead to is looked up in the sums of all blocks.
        var columns = new BlockColumns(_columns, block);
        var numbers = key switch
        {
            LogKey.Name => columns.Name,
            LogKey.Client => columns.Client,
            LogKey.Type => columns.Type,
            _ => columns.Shape,
        };
        _queries.AsSpan().Clear();
        for (var row = rows.Before(block.Rows); row >= 0; row = rows.Before(row))
        {
            GiveWay.Sometimes(row);
            var number = numbers[row];
            _last[number] = _queries[number] == 0 ? block.BaseTime + columns.At[row] : Math.Max(_last[number], block.BaseTime + columns.At[row]);
            _queries[number] += columns.Count[row];
        }

        for (var number = 0; number < _queries.Length; number++)
        {
            GiveWay.Sometimes(number);
            if (_queries[number] > 0 && Text(columns, number) is { } text)
                Add(fold is null ? text : fold(text), _queries[number], _last[number]);
        }
    }

    private string? Text(in BlockColumns columns, int number) => key switch
    {
        LogKey.Name => columns.NameAt(number),
        LogKey.Client => columns.Clients[number].ToString(),
        LogKey.Type => RecordTypeText.Write((RecordType)number),
        LogKey.Group => columns.TextOf(columns.Shapes[number].Group),
        LogKey.Rule => columns.TextOf(columns.Shapes[number].Rule),
        LogKey.Reason => ChoiceText.Write(columns.Shapes[number].Reason),
        _ => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"no rule for {key}")),
    };

    private void Add(string text, long queries, long last)
    {
        if (_sums.TryGetValue(text, out var sum))
            _sums[text] = (sum.Queries + queries, Math.Max(sum.Last, last));
        else if (_sums.Count < mostKeys)
            _sums[text] = (queries, last);
        else
            QueriesLeftOut += queries;
    }
}
