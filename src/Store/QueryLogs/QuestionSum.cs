using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.QueryLogs;

/// <summary>One question, summed up.</summary>
public sealed class QuestionSum
{
    /// <summary>Clients that are told apart: there may be 200,000 sums, and each remembers its own.</summary>
    public const int MostClients = 32;

    private readonly List<InternetAddress> _clients = new(1);
    private readonly HashSet<long> _days = [];
    private long _day = long.MinValue;
    private (RowBlock Block, int Row)? _last;

    internal QuestionSum(int part, string group, string name, RecordType type) => (Class, Group, Name, Type) = (part, group, name, type);

    /// <summary>The class of the clients.</summary>
    public int Class { get; }

    /// <summary>The group, as the log has it; empty for none, or where clients were classified.</summary>
    public string Group { get; }

    /// <summary>The QNAME.</summary>
    public string Name { get; }

    /// <summary>The QTYPE.</summary>
    public RecordType Type { get; }

    /// <summary>How many queries.</summary>
    public long Queries { get; private set; }

    /// <summary>In how many rows.</summary>
    public long Rows { get; private set; }

    /// <summary>The first, in Unix milliseconds.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>The last, in Unix milliseconds.</summary>
    public long Last { get; private set; } = long.MinValue;

    /// <summary>Who asked: the first <see cref="MostClients"/> that were met.</summary>
    public IReadOnlyCollection<InternetAddress> Clients => _clients;

    /// <summary>On how many days (UTC).</summary>
    public int Days => _days.Count;

    /// <summary>Who asked last.</summary>
    public InternetAddress LastClient { get; private set; }

    /// <summary>What became of the last one.</summary>
    public Outcome Outcome { get; private set; }

    /// <summary>Why.</summary>
    public VerdictReason Reason { get; private set; }

    /// <summary>By which rule.</summary>
    public string? Rule { get; private set; }

    internal void Add(RowBlock block, int row, long count, long time, InternetAddress client)
    {
        Queries += count;
        Rows++;
        First = Math.Min(First, time);
        if (_clients.Count < MostClients && !_clients.Contains(client))
            _clients.Add(client);
        if (time / 86_400_000 is var day && day != _day)
            _days.Add(_day = day);
        if (time <= Last)
            return;
        (Last, LastClient, _last) = (time, client, (block, row));
    }

    // Only for the newest row of each block, not for each row.
    internal void ReadLast(RowBlock block, in BlockColumns columns)
    {
        if (_last is not { } last || last.Block != block)
            return;
        ref readonly var shape = ref columns.Shapes[columns.Shape[last.Row]];
        (Outcome, Reason, Rule, _last) = (shape.Outcome, shape.Reason, columns.TextOf(shape.Rule), null);
    }
}
