namespace DnsGuard.Store.QueryLogs;

/// <summary>Numbers of queries by hour and group.</summary>
internal sealed class HourTally : LogTally
{
    private const long Hour = 3_600_000;

    private readonly Columns _columns = new();

    /// <summary>The sums; hours in Unix hours.</summary>
    public Dictionary<(long Hour, string Group), OutcomeCounts> Sums { get; } = [];

    /// <inheritdoc/>
    internal override void Take(RowBlock block, RowSet rows)
    {
        var columns = new BlockColumns(_columns, block);
        var local = new Dictionary<(long Hour, ushort Group), OutcomeCounts>();
        for (var row = rows.Before(block.Rows); row >= 0; row = rows.Before(row))
        {
            GiveWay.Sometimes(row);
            ref readonly var shape = ref columns.Shapes[columns.Shape[row]];
            var key = ((block.BaseTime + columns.At[row]) / Hour, shape.Group);
            var sum = local.GetValueOrDefault(key);
            sum.Add(shape.Outcome, columns.Count[row]);
            local[key] = sum;
        }

        foreach (var ((hour, group), sum) in local)
        {
            var key = (hour, columns.TextOf(group) ?? "");
            Sums[key] = Sums.GetValueOrDefault(key).Plus(sum);
        }
    }
}
