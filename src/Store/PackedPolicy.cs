using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Store;

/// <summary>Policies too large to be stored whole at every edit: a frame without rules, and runs of rules that revisions share.</summary>
internal sealed class PackedPolicy
{
    /// <summary>From so many rules on a policy is stored in runs.</summary>
    public const int LeastRules = 10_000;

    private const int DigestOctets = 16;

    // Runs that are known to be on disk, so that an edit does not offer all of them again.
    private readonly ConditionalWeakTable<RuleChunk, object> _stored = [];

    /// <summary>Is a policy so large?</summary>
    public static bool IsLarge(PolicyDocument document) => Lists(document).Sum(rules => rules.Count) >= LeastRules;

    /// <summary>Stores the runs that are not there yet.</summary>
    /// <returns>The frame, the runs of its groups and lists, and what to call when all of it is on disk.</returns>
    public (string Frame, byte[] Runs, Action Committed) Write(SqliteConnection connection, PolicyDocument document)
    {
        var fresh = new List<RuleChunk>();
        using var runs = new MemoryStream();
        foreach (var rules in Lists(document))
        {
            runs.Write(MemoryMarshal.AsBytes([rules.Chunks.Count]));
            foreach (var chunk in rules.Chunks)
            {
                runs.Write(chunk.Digest);
                if (_stored.TryGetValue(chunk, out _))
                    continue;
                Database.Execute(connection, "INSERT OR IGNORE INTO rule_runs (digest, octets) VALUES ($digest, $octets)", ("$digest", chunk.Digest.ToArray()), ("$octets", chunk.ToStored()));
                fresh.Add(chunk);
            }
        }

        return (PolicyWriter.Write(WithRules(document, _ => RuleList.Empty)), runs.ToArray(), () => fresh.ForEach(chunk => _stored.AddOrUpdate(chunk, chunk)));
    }

    /// <summary>Reads a policy back.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="runs">The runs of its groups and lists.</param>
    /// <param name="like">A policy whose runs are taken where they are the same.</param>
    /// <exception cref="StoreException">Something is missing or damaged.</exception>
    public PolicyDocument Read(SqliteConnection connection, string frame, byte[] runs, PolicyDocument? like)
    {
        var known = like is null ? [] : Lists(like).SelectMany(rules => rules.Chunks).GroupBy(chunk => Convert.ToHexString(chunk.Digest)).ToDictionary(same => same.Key, same => same.First());
        using var command = Database.Command(connection, "SELECT octets FROM rule_runs WHERE digest = $digest", ("$digest", Array.Empty<byte>()));
        var problems = new List<TextProblem>();
        var document = PolicyReader.Read(frame, problems);
        if (problems.Count > 0)
            throw Damaged();
        var at = 0;
        document = WithRules(document, _ =>
        {
            var chunks = new RuleChunk[CountAt(runs, at)];
            at += sizeof(int);
            for (var i = 0; i < chunks.Length; i++, at += DigestOctets)
                chunks[i] = known.GetValueOrDefault(Convert.ToHexString(runs.AsSpan(at, DigestOctets))) ?? ReadRun(command, runs.AsSpan(at, DigestOctets));
            return RuleList.Of(chunks);
        });
        // Runs that are left belong to a list or group that the frame has lost.
        return at == runs.Length ? document : throw Damaged();
    }

    private static int CountAt(ReadOnlySpan<byte> runs, int at)
    {
        if (runs.Length - at < sizeof(int) || MemoryMarshal.Read<int>(runs[at..]) is var count && (uint)count > (uint)((runs.Length - at - sizeof(int)) / DigestOctets))
            throw Damaged();
        return count;
    }

    private RuleChunk ReadRun(SqliteCommand command, ReadOnlySpan<byte> digest)
    {
        command.Parameters[0].Value = digest.ToArray();
        try
        {
            if (command.ExecuteScalar() is byte[] octets && RuleChunk.FromStored(octets) is var chunk && chunk.Digest.SequenceEqual(digest))
            {
                _stored.AddOrUpdate(chunk, chunk);
                return chunk;
            }
        }
        catch (InvalidDataException)
        {
            // Told below, like a run that is missing or not what its digest says.
        }

        throw Damaged();
    }

    private static StoreException Damaged() => new("rules of the stored policy are damaged; restore a backup of the database, or move it away to start from the policy file");

    private static IEnumerable<RuleList> Lists(PolicyDocument document) => document.Groups.Select(group => group.Rules).Concat(document.Lists.Select(list => list.Rules));

    // In the order of Lists.
    private static PolicyDocument WithRules(PolicyDocument document, Func<RuleList, RuleList> change)
    {
        var groups = document.Groups.Select(group => group with { Rules = change(group.Rules) }).ToList();
        return new PolicyDocument([.. document.Lists.Select(list => list with { Rules = change(list.Rules) })], groups);
    }
}
