using System.Globalization;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Tests.Snapshots;

/// <summary>Reads <c>verdicts.txt</c>: sections of a policy and the questions put to it. The file's head says how it is written.</summary>
internal static class VerdictTable
{
    private static readonly Lazy<List<Section>> All = new(() => [.. Sections()]);

    public static IEnumerable<Section> Read() => All.Value;

    public static PolicySnapshot Snapshot(string title) => All.Value.Single(section => section.Title == title).Snapshot.Value;

    private static IEnumerable<Section> Sections()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Snapshots", "verdicts.txt"));
        foreach (var part in text.Split("\n=== ").Skip(1))
        {
            var lines = part.Split('\n');
            var questionsAt = Array.IndexOf(lines, "---");
            var networks = lines[1].StartsWith("networks ", StringComparison.Ordinal) ? lines[1]["networks ".Length..] : "10.0.0.0/8";
            var policy = Policies.Head + string.Join('\n', lines[1..questionsAt].Where(line => !line.StartsWith("networks ", StringComparison.Ordinal)));
            var questions = lines[(questionsAt + 1)..].Where(line => line.Length > 0 && line[0] != '#');
            yield return new Section(lines[0], policy, new Lazy<PolicySnapshot>(() => Policies.Compile(policy, networks)), [.. questions]);
        }
    }

    internal sealed record Section(string Title, string Policy, Lazy<PolicySnapshot> Snapshot, IReadOnlyList<string> Questions);
}

/// <summary>One row: <c>client name type [@moment] -> outcome reason [place/pattern] [ports]</c>.</summary>
internal sealed record VerdictRow(InternetAddress Client, byte[] Name, RecordType Type, DateTimeOffset Now, string Answer)
{
    private static readonly DateTimeOffset Usual = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static VerdictRow Parse(string row)
    {
        var halves = row.Split("->", StringSplitOptions.TrimEntries);
        var words = halves[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var now = words.Length == 4 ? DateTimeOffset.Parse(words[3][1..], CultureInfo.InvariantCulture) : Usual;
        Assert.True(RecordTypeText.TryRead(words[2], out var type), words[2]);
        return new VerdictRow(Policies.Address(words[0]), Policies.Octets(words[1]), type, now, string.Join(' ', halves[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    /// <summary>What a snapshot says, in the words of the row; ports only where the row names them.</summary>
    public string Ask(PolicySnapshot snapshot)
    {
        var seconds = Now.ToUnixTimeSeconds();
        var verdict = snapshot.Decide(Name, Type, Client, seconds);
        var words = new List<string> { verdict.Outcome.ToString().ToLowerInvariant(), Dashed(verdict.Reason.ToString()) };
        if (snapshot.Rule(verdict.Rule) is { } rule)
            words.Add($"{rule.List ?? rule.Group}/{rule.Rule.Pattern.Text}");
        if (Answer.Split(' ').Length == 4)
            words.Add(snapshot.Effective(Name, Type, verdict, seconds).Ports.ToString().Replace(", ", ",", StringComparison.Ordinal));
        return string.Join(' ', words);
    }

    private static string Dashed(string word) =>
        string.Concat(word.Select((letter, at) => char.IsUpper(letter) ? (at > 0 ? "-" : "") + char.ToLowerInvariant(letter) : letter.ToString()));
}
