using DnsGuard.Resolver.Caching;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>A bounded place where queries wait. Equal questions of one group share one resolution, so no second asker can overtake the grant.</summary>
internal sealed class ParkedQueries(ResolverOptions options, ResolverMetrics metrics)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ParkedQuestion, List<ClientQuery>> _waiting = [];
    private readonly Dictionary<InternetAddress, int> _perClient = [];
    private int _count;

    /// <summary>How many wait now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Sets a query aside.</summary>
    /// <returns>Whether it waits for a resolution under way, needs a new one, or found no room.</returns>
    public ParkResult Park(ParkedQuestion question, ClientQuery query)
    {
        lock (_lock)
        {
            var ofClient = _perClient.GetValueOrDefault(query.Client);
            if (_count >= options.MaxParked || ofClient >= options.MaxParkedPerClient)
            {
                metrics.LimitHit(_count >= options.MaxParked ? ResolverLimit.Parked : ResolverLimit.ParkedPerClient);
                return ParkResult.Full;
            }

            _count++;
            _perClient[query.Client] = ofClient + 1;
            if (_waiting.TryGetValue(question, out var others))
            {
                others.Add(query);
                return ParkResult.Joined;
            }

            _waiting.Add(question, [query]);
            return ParkResult.First;
        }
    }

    /// <summary>Takes everybody who waits for a question. Whoever asks later finds the answer in the cache, or starts anew.</summary>
    public IReadOnlyList<ClientQuery> Take(ParkedQuestion question)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(question, out var queries))
                return [];
            _count -= queries.Count;
            foreach (var query in queries)
            {
                var left = _perClient[query.Client] - 1;
                if (left == 0)
                    _perClient.Remove(query.Client);
                else
                    _perClient[query.Client] = left;
            }

            return queries;
        }
    }
}

/// <summary>What makes two waiting queries equal: the question, the group, and the rules that shaped the verdict.</summary>
internal readonly record struct ParkedQuestion(DomainName Name, RecordType Type, AnswerVariant Variant, ulong Group, ulong Fingerprint);

/// <summary>How parking ended.</summary>
internal enum ParkResult
{
    /// <summary>Somebody already asks; the answer will come.</summary>
    Joined,

    /// <summary>A resolution must be started.</summary>
    First,

    /// <summary>Too many wait.</summary>
    Full,
}
