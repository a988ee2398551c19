using System.Text.RegularExpressions;
using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Tests.Documents;

/// <summary>Reads <c>mistakes.txt</c>: documents that are wrong, with every problem marked where it is. The file's head says how it is written.</summary>
internal static partial class MistakeFile
{
    private static readonly Dictionary<string, string> Frames = new(StringComparer.Ordinal)
    {
        ["raw"] = "",
        ["policy"] = Policies.Head,
        ["list"] = Policies.Head + "lists:\n  shared:\n",
        ["group"] = Policies.Head + "groups:\n  dev:\n",
        ["rule"] = Policies.Head + "groups:\n  dev:\n    clients: [10.0.0.0/8]\n    rules:\n",
    };

    private static readonly Lazy<Dictionary<string, Mistake>> All = new(() => Cases().ToDictionary(mistake => mistake.Title, StringComparer.Ordinal));

    public static IEnumerable<Mistake> Read() => All.Value.Values;

    public static Mistake Titled(string title) => All.Value[title];

    private static IEnumerable<Mistake> Cases()
    {
        var file = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "mistakes.txt"));
        foreach (var part in file.Split("\n=== ").Skip(1))
        {
            var end = part.IndexOf('\n', StringComparison.Ordinal);
            var title = part[..end].Split(" | ", 2);
            var text = Frames[title[0]] + part[(end + 1)..].TrimEnd('\n') + "\n";
            yield return new Mistake(part[..end], text, [.. text.Split('\n').SelectMany((line, index) => Marks(line, index + 1))]);
        }
    }

    private static IEnumerable<Place> Marks(string line, int number)
    {
        var at = line.IndexOf("#!", StringComparison.Ordinal);
        return at < 0 ? [] : line[(at + 2)..].Split(";;").Select(mark => Mark(line[..at], number, mark.Split('|')));
    }

    private static Place Mark(string line, int number, string[] parts)
    {
        Assert.True(parts.Length == 3, $"not a mark: {string.Join('|', parts)}");
        var words = parts[0].Trim(' ');
        var (code, pointer) = (parts[1].Trim(), parts[2].Trim());
        if (Explicit().Match(words) is { Success: true } place)
            return new Place(int.Parse(place.Groups[1].Value), int.Parse(place.Groups[2].Value), code, pointer);
        var column = line.IndexOf(words, StringComparison.Ordinal) + 1;
        Assert.True(column > 0, $"'{words}' is not in '{line}'");
        return new Place(number, column, code, pointer);
    }

    // Where no words of the document stand at the place of a problem: @line:column
    [GeneratedRegex("^@([0-9]+):([0-9]+)$")]
    private static partial Regex Explicit();

    internal sealed record Mistake(string Title, string Text, IReadOnlyList<Place> Expected)
    {
        public bool IsForSchemas => !Title.EndsWith("(no schema can tell)", StringComparison.Ordinal);
    }

    internal sealed record Place(int Line, int Column, string Code, string Pointer)
    {
        public static Place Of(TextProblem problem) => new(problem.Line, problem.Column, problem.Code, problem.Pointer);

        public override string ToString() => $"{Line}:{Column} {Code} {Pointer}";
    }
}
