using System.Diagnostics;
using System.Net;
using System.Text;

namespace DnsGuard.Lab.Internet;

/// <summary>★ Asks every resolver the same, and says where they differ.</summary>
/// <remarks>Where the three others agree with each other and not with us, the fault is taken to be ours.</remarks>
internal sealed class Comparison(int seed, int count, IReadOnlyList<string> names, string? listFile)
{
    private const int AtOnce = 50;
    private const int AtOnceAgain = 10;
    private const int Others = 3;

    private readonly List<Resolver> _resolvers = [.. ResolverPlan.All.Where(each => names.Contains(each.Name))];

    /// <summary>Runs from inside the resolvers' namespace; 0 when nothing is held against us.</summary>
    public async Task<int> RunAsync()
    {
        var zones = new ZoneGenerator(seed).Zones;
        var questions = new QuestionMaker(zones, seed).Make(count);
        Console.WriteLine($"{questions.Count} questions, {questions.Select(each => each.Kind).Distinct().Count()} kinds of zones of {zones.Select(each => each.Kind).Distinct().Count()}");
        var first = await AskAsync(questions, AtOnce);
        var differing = Enumerable.Range(0, questions.Count).Where(index => !AllMatch(first.Select(replies => replies[index]))).ToList();

        // Once more, in peace: a datagram that was lost is no difference of opinion.
        var again = await AskAsync([.. differing.Select(index => questions[index])], AtOnceAgain);
        var findings = differing.Select((index, place) => new Finding(questions[index], [.. first.Select(replies => replies[index])], [.. again.Select(replies => replies[place])])).ToList();
        var lasting = findings.Where(each => !AllMatch(each.Again)).ToList();
        var against = lasting.Where(each => IsAgainstUs(each.Again)).ToList();
        var once = findings.Where(each => IsAgainstUs(each.First) && !IsAgainstUs(each.Again)).ToList();
        var tally = new KindTally();
        for (var index = 0; index < questions.Count; index++)
            tally.Note(questions[index], [.. first.Select(replies => replies[index])]);
        Report(questions, tally, findings, lasting, against, once);
        return against.Count == 0 && tally.WithoutEffect.Count == 0 ? 0 : 1;
    }

    private async Task<Reply[][]> AskAsync(IReadOnlyList<Question> questions, int atOnce) => await Task.WhenAll(_resolvers.Select(async resolver =>
    {
        using var asker = new Asker(IPAddress.Parse(resolver.IPv4));
        var watch = Stopwatch.StartNew();
        var step = Math.Max(1, questions.Count / 5);
        var replies = await asker.AskAllAsync(questions, atOnce, done =>
        {
            if (done % step == 0)
                Console.WriteLine($"  {resolver.Name}: {done} of {questions.Count} after {watch.Elapsed.TotalSeconds:0.0} s");
        });
        return replies;
    }));

    private static bool AllMatch(IEnumerable<Reply> replies)
    {
        var all = replies.ToList();
        return all.TrueForAll(each => each.Matches(all[0]));
    }

    private bool IsAgainstUs(Reply[] replies)
    {
        var ours = _resolvers.FindIndex(each => each.Name == ResolverPlan.Ours);
        var others = replies.Where((_, index) => index != ours).ToList();
        return ours >= 0 && others.Count == Others && AllMatch(others) && !replies[ours].Matches(others[0]);
    }

    private void Report(IReadOnlyList<Question> questions, KindTally tally, List<Finding> findings, List<Finding> lasting, List<Finding> against, List<Finding> once)
    {
        var text = new StringBuilder();
        foreach (var (title, list) in new[] { ("Against us", against), ("Against us the first time only", once), ("Everything that differs", lasting) })
        {
            text.AppendLine($"== {title}: {list.Count}");
            foreach (var group in list.GroupBy(each => (each.Question.Kind, Shape: Shape(each.Again))).OrderBy(group => group.Key.Kind, StringComparer.Ordinal).ThenByDescending(group => group.Count()))
            {
                text.AppendLine($"-- {group.Key.Kind}: {group.Key.Shape} ({group.Count()})");
                foreach (var finding in group)
                {
                    text.AppendLine($"   {finding.Question}");
                    for (var index = 0; index < _resolvers.Count; index++)
                        text.AppendLine($"      {_resolvers[index].Name}: {finding.Again[index]}{(finding.First[index].Matches(finding.Again[index]) ? "" : $"   first: {finding.First[index]}")}");
                }
            }
        }

        text.AppendLine("== What became of the questions").AppendJoin('\n', tally.Lines).AppendLine();
        if (listFile is not null)
            File.WriteAllText(listFile, text.ToString());
        foreach (var group in lasting.GroupBy(each => (each.Question.Kind, Shape: Shape(each.Again))).OrderBy(group => group.Key.Kind, StringComparer.Ordinal).ThenByDescending(group => group.Count()))
            Console.WriteLine($"{group.Count(),5}  {group.Key.Kind,-42} {group.Key.Shape}   e.g. {group.First().Question}");
        Console.WriteLine();
        Console.WriteLine($"kinds of zones without the effect they are there for: {tally.WithoutEffect.Count} {string.Join(' ', tally.WithoutEffect)}");
        Console.WriteLine($"asked {questions.Count}, agreed {questions.Count - findings.Count} at once and {findings.Count - lasting.Count} when asked again, differed {lasting.Count}");
        Console.WriteLine($"the others agree against us the first time only: {once.Count}");
        Console.WriteLine($"the others agree against us: {against.Count}");
    }

    // Who says what, those of one mind together.
    private string Shape(Reply[] replies)
    {
        var minds = new List<(Reply Reply, List<string> Names)>();
        for (var index = 0; index < replies.Length; index++)
        {
            var mind = minds.Find(each => each.Reply.Matches(replies[index]));
            if (mind.Names is null)
                minds.Add((replies[index], [_resolvers[index].Name]));
            else
                mind.Names.Add(_resolvers[index].Name);
        }

        return string.Join(" | ", minds.Select(each => $"{string.Join(',', each.Names)} {each.Reply.Brief}"));
    }

    private sealed record Finding(Question Question, Reply[] First, Reply[] Again);
}
