using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Documents;

/// <summary>Reads large policies fast: rules that are one plain line each never become pieces of text; everything else is read as YAML.</summary>
/// <remarks>
/// What is understood here means the same to YAML. The rules are taken out of the text, their line ends left in, so that what stays keeps
/// its places; that is read as YAML, and the rules are put back. At anything unusual, and at every mistake, the whole text is read as
/// YAML instead: this way is for speed alone, and never says what is wrong.
/// </remarks>
internal static class PlainRules
{
    // Below that nobody could tell the difference.
    private const int LeastCharacters = 1 << 16;

    // No text that YAML accepts has it.
    private const char Marker = '\u0001';

    /// <summary>Reads one document, as <see cref="TextTree.Read"/> does.</summary>
    public static TextNode? Read(string text, List<TextProblem> problems) =>
        (text.Length < LeastCharacters ? null : TryRead(text)) ?? TextTree.Read(text, problems);

    private static TextMap? TryRead(string text)
    {
        if (text.Contains(Marker, StringComparison.Ordinal))
            return null;
        var skeleton = new PlainRulesScanner(text);
        if (!skeleton.Scan())
            return null;
        var problems = new List<TextProblem>();
        var root = TextTree.Read(skeleton.Rest, problems);
        return problems.Count == 0 && root is TextMap map ? Fill(map, skeleton.Blocks) : null;
    }

    // Lists and groups stand two levels below the root.
    private static TextMap Fill(TextMap map, IReadOnlyList<RuleList> blocks) => map with
    {
        Entries = [.. map.Entries.Select(entry => (entry.Key, entry.Value switch
        {
            TextScalar { Value: [Marker, .. var number] } at => new TextRules(blocks[int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)], at.Pointer, at.Line, at.Column),
            TextMap inner => Fill(inner, blocks),
            var other => other,
        }))],
    };

    /// <summary>What stands for a block in the text that is left.</summary>
    public static string Mark(int block) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $" \"\\x01{block}\"");
}
