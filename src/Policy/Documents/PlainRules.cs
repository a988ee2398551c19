using System.Buffers;
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

    // Our own mark, what YAML refuses, and what ends a line for YAML and not for us: a rule could hide behind it in a comment.
    private static readonly SearchValues<char> Unusual = SearchValues.Create(Marker, '\0', '\u0085', '\u2028', '\u2029');

    private static TextMap? TryRead(string text)
    {
        if (text.AsSpan().ContainsAny(Unusual) || HasLoneReturn(text))
            return null;
        var skeleton = new PlainRulesScanner(text);
        if (!skeleton.Scan())
            return null;
        var problems = new List<TextProblem>();
        var root = TextTree.Read(skeleton.Rest, problems);
        return problems.Count == 0 && root is TextMap map ? Fill(map, skeleton.Blocks) : null;
    }

    private static bool HasLoneReturn(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOf('\r'); at >= 0; at = text.IndexOf('\r'))
        {
            text = text[(at + 1)..];
            if (text is not ['\n', ..])
                return true;
        }

        return false;
    }

    // Rules stand two levels below the root, in what lists and groups name; a block anywhere else is a mistake.
    private static TextMap? Fill(TextMap root, IReadOnlyList<RuleList> blocks)
    {
        var filled = 0;
        var map = Below(root, 0);
        return filled == blocks.Count ? map : null;

        TextMap Below(TextMap map, int depth) => map with { Entries = [.. map.Entries.Select(entry => (entry.Key, Change(entry.Key.Value, entry.Value, depth)))] };

        TextNode Change(string key, TextNode value, int depth)
        {
            if (value is TextMap inner && (depth == 0 ? key is "lists" or "groups" : depth == 1))
                return Below(inner, depth + 1);
            if (depth != 2 || key != "rules" || value is not TextScalar { Value: [Marker, .. var number] })
                return value;
            filled++;
            return new TextRules(blocks[int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)], value.Pointer, value.Line, value.Column);
        }
    }

    /// <summary>What stands for a block in the text that is left.</summary>
    public static string Mark(int block) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $" \"\\x01{block}\"");
}
