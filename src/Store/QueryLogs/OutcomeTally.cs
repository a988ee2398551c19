using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Exact numbers of queries by outcome, in all and by steps of time.</summary>
/// <param name="step">How long a step is, in milliseconds; 0 for no steps.</param>
public sealed class OutcomeTally(long step) : LogTally
{
    /// <summary>Names and clients that are told apart; beyond that there are at least so many.</summary>
    public const int MostDistinct = 1_000_000;

    private const int MostSteps = 20_000;

    private readonly Columns _columns = new();
    private readonly Dictionary<long, OutcomeCounts> _steps = [];
    private readonly HashSet<InternetAddress> _clients = [];
    private readonly HashSet<ulong> _names = [];
    private OutcomeCounts _total;

    /// <summary>All of them.</summary>
    public OutcomeCounts Total => _total;

    /// <summary>How many rows they are: a row may stand for several queries.</summary>
    public long Rows { get; private set; }

    /// <summary>Of these: answered with SERVFAIL.</summary>
    public long Failed { get; private set; }

    /// <summary>How many clients asked.</summary>
    public int Clients => _clients.Count;

    /// <summary>How many names were asked for.</summary>
    public int Names => _names.Count;

    /// <summary>The beginnings of steps in which there were queries, in Unix milliseconds, with their numbers.</summary>
    public IReadOnlyDictionary<long, OutcomeCounts> Steps => _steps;

    /// <inheritdoc/>
    internal override void Take(RowBlock block, RowSet rows)
    {
        Rows += rows.Count;
        var counts = _columns.Read<uint>(block, Section.Count);
        var shapes = _columns.Read<RowShape>(block, Section.Shapes);
        var shapeOf = _columns.Read<ushort>(block, Section.Shape);
        var at = _columns.Read<int>(block, Section.At);
        var (current, sum) = (long.MinValue, default(OutcomeCounts));
        for (var row = rows.Before(block.Rows); row >= 0; row = rows.Before(row))
        {
            GiveWay.Sometimes(row);
            ref readonly var shape = ref shapes[shapeOf[row]];
            _total.Add(shape.Outcome, counts[row]);
            Failed += shape.ResponseCode == (byte)ResponseCode.ServerFailure ? counts[row] : 0;
            if (step == 0)
                continue;
            var start = (block.BaseTime + at[row]) / step * step;
            if (start != current)
            {
                Keep(current, sum);
                (current, sum) = (start, default);
            }

            sum.Add(shape.Outcome, counts[row]);
        }

        Keep(current, sum);
        if (step == 0)
            NoteWho(block, rows);
    }

    private void Keep(long start, in OutcomeCounts sum)
    {
        if (start == long.MinValue || (_steps.Count >= MostSteps && !_steps.ContainsKey(start)))
            return;
        _steps[start] = _steps.GetValueOrDefault(start).Plus(sum);
    }

    private void NoteWho(RowBlock block, RowSet rows)
    {
        var isSeen = new bool[2 * (TailRows.MaxRows + 1)];
        var clientOf = _columns.Read<ushort>(block, Section.Client);
        var nameOf = _columns.Read<ushort>(block, Section.Name);
        for (var row = rows.Before(block.Rows); row >= 0; row = rows.Before(row))
            isSeen[clientOf[row]] = isSeen[TailRows.MaxRows + 1 + nameOf[row]] = true;
        var clients = _columns.Read<InternetAddress>(block, Section.Clients);
        for (var i = 0; i < Columns.Count<InternetAddress>(block, Section.Clients) && _clients.Count < MostDistinct; i++)
        {
            if (isSeen[i])
                _clients.Add(clients[i]);
        }

        var ends = _columns.Read<uint>(block, Section.NameEnds);
        var text = _columns.Read<byte>(block, Section.NameText);
        for (var i = 0; i < Columns.Count<uint>(block, Section.NameEnds) && _names.Count < MostDistinct; i++)
        {
            GiveWay.Sometimes(i);
            // Names are told apart by 64 bits: of a million, two fall together in one count of thirty million.
            if (isSeen[TailRows.MaxRows + 1 + i])
                _names.Add(NameHash.Extend(NameHash.Root, Columns.String(ends, text, i)));
        }
    }
}
