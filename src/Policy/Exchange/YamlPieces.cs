using System.Globalization;
using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Exchange;

/// <summary>Reads foreign YAML with the house's own reader: document by document, with the lines of the whole file.</summary>
internal static class YamlPieces
{
    /// <summary>Every document that can be read, and how many lines stand in front of it; what cannot be read becomes a note.</summary>
    public static List<(TextNode Root, int LinesBefore)> Read(string text, RuleIntake intake)
    {
        var pieces = new List<(TextNode, int)>();
        if (text.Length > ExchangeLimits.YamlCharacters)
        {
            intake.Invalid(1, "", string.Create(CultureInfo.InvariantCulture, $"the text is longer than {ExchangeLimits.YamlCharacters} characters"), "Import it in parts");
            return pieces;
        }

        foreach (var (start, end, line) in Documents(text))
        {
            var problems = new List<TextProblem>();
            var root = TextTree.Read(text[start..end], problems);
            foreach (var problem in problems)
                intake.Invalid(problem.Line + line, "", problem.Detail, problem.Cure);
            if (root is not null and not TextScalar { IsNull: true } and not TextMap { Entries.Count: 0 })
                pieces.Add((root, line));
        }

        return pieces;
    }

    /// <summary>The members of a list; what stands alone is a list of one, and nothing is an empty one.</summary>
    public static IReadOnlyList<TextNode> Members(TextNode? node) => node switch
    {
        null or TextScalar { IsNull: true } => [],
        TextList list => list.Items,
        _ => [node],
    };

    /// <summary>A piece under a key of what should be a mapping.</summary>
    public static TextNode? Find(TextNode? node, string key) => (node as TextMap)?.Find(key) is { } found and not TextScalar { IsNull: true } ? found : null;

    /// <summary>A single value under a key.</summary>
    public static string? Word(TextNode? node, string key) => (Find(node, key) as TextScalar)?.Value;

    private static List<(int Start, int End, int Line)> Documents(string text)
    {
        var documents = new List<(int, int, int)>();
        var (start, line, at, number) = (0, 0, 0, 0);
        while (at < text.Length)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            number++;
            if (text.AsSpan(at, end - at).TrimEnd() is "---")
            {
                documents.Add((start, at, line));
                (start, line) = (end, number);
            }

            at = end;
        }

        documents.Add((start, text.Length, line));
        return documents;
    }
}
