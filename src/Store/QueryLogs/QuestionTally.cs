using System.Runtime.InteropServices;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Sums for each different question: who asked for what, how often, when, and how it was judged the last time.</summary>
/// <param name="classOf">Clients that are not told apart get the same number. Null: by the group that the log has.</param>
/// <param name="mostQuestions">Questions that are told apart; rows of others are only counted, as <see cref="RowsLeftOut"/>.</param>
public sealed class QuestionTally(Func<InternetAddress, string?, int>? classOf = null, int mostQuestions = 200_000) : LogTally
{
    private readonly Columns _columns = new();
    private readonly Dictionary<(int Class, string Group, string Name, RecordType Type), QuestionSum> _sums = [];

    /// <summary>What was asked.</summary>
    public IReadOnlyCollection<QuestionSum> Sums => _sums.Values;

    /// <summary>Rows of questions that there was no room for.</summary>
    public long RowsLeftOut { get; private set; }

    /// <inheritdoc/>
    internal override void Take(RowBlock block, RowSet rows)
    {
        var columns = new BlockColumns(_columns, block);
        var classes = new Dictionary<(ushort Client, ushort Group), int>();
        var local = new Dictionary<ulong, QuestionSum?>();
        for (var row = rows.Before(block.Rows); row >= 0; row = rows.Before(row))
        {
            GiveWay.Sometimes(row);
            ref readonly var shape = ref columns.Shapes[columns.Shape[row]];
            var part = (uint)shape.Group;
            if (classOf is not null)
            {
                ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(classes, (columns.Client[row], shape.Group), out var isClassified);
                if (!isClassified)
                    number = classOf(columns.Clients[columns.Client[row]], columns.TextOf(shape.Group));
                part = (uint)number;
            }

            var key = columns.Name[row] | ((ulong)columns.Type[row] << 16) | ((ulong)part << 32);
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(local, key, out var isKnown);
            if (!isKnown)
                sum = Find((int)part, classOf is null ? columns.TextOf(shape.Group) ?? "" : "", columns.NameOf(row), (RecordType)columns.Type[row]);
            if (sum is null)
                RowsLeftOut++;
            else
                sum.Add(block, row, columns.Count[row], block.BaseTime + columns.At[row], columns.Clients[columns.Client[row]]);
        }

        foreach (var sum in local.Values)
            sum?.ReadLast(block, columns);
    }

    private QuestionSum? Find(int part, string group, string name, RecordType type)
    {
        // Numbers of groups are a block's own.
        var key = (classOf is null ? 0 : part, group, name, type);
        if (!_sums.TryGetValue(key, out var sum) && _sums.Count < mostQuestions)
            _sums[key] = sum = new QuestionSum(part, group, name, type);
        return sum;
    }
}
