using System.Text;
using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Documents;

/// <summary>Goes through a policy line by line, and takes the blocks of rules out of it.</summary>
internal sealed class PlainRulesScanner(string text)
{
    private readonly StringBuilder _rest = new();
    private readonly List<RuleList> _blocks = [];
    private int _at;
    private int _line;

    /// <summary>What is left of the text.</summary>
    public string Rest => _rest.ToString();

    /// <summary>The rules that were taken out.</summary>
    public IReadOnlyList<RuleList> Blocks => _blocks;

    /// <summary>Goes through all of it; false where something is not as usual.</summary>
    public bool Scan()
    {
        while (TryNext(out var line))
        {
            var indent = IndentOf(line);
            var trimmed = line[indent..].TrimEnd();
            if (indent > 0 && trimmed.SequenceEqual("rules:"))
            {
                _rest.Append(line[..(indent + trimmed.Length)]).Append(PlainRules.Mark(_blocks.Count)).Append('\n');
                if (!ScanBlock(indent))
                    return false;
            }
            else if (IsUsual(trimmed))
            {
                _rest.Append(line).Append('\n');
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private bool ScanBlock(int indent)
    {
        var rules = new RuleListBuilder();
        var dash = -1;
        while (true)
        {
            var (start, startLine) = (_at, _line);
            if (!TryNext(out var line))
                break;
            var at = IndentOf(line);
            if (IsEmpty(line[at..]))
            {
                _rest.Append('\n');
                continue;
            }

            if (at < indent || line[at] != '-' || (dash >= 0 && at != dash))
            {
                // The block's end, if it is less indented than its items; else something that does not belong here.
                if (dash >= 0 ? at >= dash && (at != indent || dash != indent) : at > indent)
                    return false;
                (_at, _line) = (start, startLine);
                break;
            }

            dash = at;
            if (!ScanRule(line, start, dash, rules))
                return false;
        }

        _blocks.Add(rules.Build());
        // Without a single item the key has no value: nothing, as YAML has it.
        return dash >= 0;
    }

    private bool ScanRule(ReadOnlySpan<char> line, int start, int dash, RuleListBuilder rules)
    {
        var first = _line;
        ReadOnlySpan<char> id = default;
        var isPlain = true;
        var lines = 1;
        // What is indented further belongs to the rule.
        while (true)
        {
            var (next, nextLine) = (_at, _line);
            if (!TryNext(out var more))
                break;
            var at = IndentOf(more);
            if (!IsEmpty(more[at..]) && at <= dash)
            {
                (_at, _line) = (next, nextLine);
                break;
            }

            lines++;
            if (IsEmpty(more[at..]))
                continue;
            isPlain &= id.IsEmpty && at == dash + 2 && PlainScalar.TryKey(more[at..], "id: ", out id) && PolicyReader.IsName(id);
        }

        _rest.Append('\n', lines);
        return (isPlain && PlainScalar.TryRule(line[dash..], id, first, dash + 3, rules)) || ReadRule(text[start.._at], first, rules);
    }

    // A rule with more than a pattern is read like any other piece of YAML.
    private static bool ReadRule(string piece, int line, RuleListBuilder rules)
    {
        var problems = new List<TextProblem>();
        if (TextTree.Read(piece, problems) is not TextList { Items: [var item] } || PolicyReader.ReadRule(item, problems) is not { } rule || problems.Count > 0)
            return false;
        rules.Add(rule with { Place = rule.Place with { Line = line + rule.Place.Line - 1 } });
        return true;
    }

    private bool TryNext(out ReadOnlySpan<char> line)
    {
        line = default;
        if (_at >= text.Length)
            return false;
        var rest = text.AsSpan(_at);
        var end = rest.IndexOf('\n');
        line = end < 0 ? rest : rest[..end];
        _at += end < 0 ? rest.Length : end + 1;
        _line++;
        line = line.TrimEnd('\r');
        return true;
    }

    private static int IndentOf(ReadOnlySpan<char> line)
    {
        var indent = line.IndexOfAnyExcept(' ');
        return indent < 0 ? line.Length : indent;
    }

    private static bool IsEmpty(ReadOnlySpan<char> trimmed) => trimmed.IsEmpty || trimmed[0] == '#';

    // One key with at most a value that ends on its line, or one member of a list: then no rule can be part of some longer text.
    private static bool IsUsual(ReadOnlySpan<char> line)
    {
        if (IsEmpty(line))
            return true;
        var value = line;
        if (line.StartsWith("- "))
        {
            value = line[2..];
        }
        else
        {
            var colon = line.IndexOf(':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(PlainScalar.Letters))
                return false;
            value = line[(colon + 1)..].TrimStart();
        }

        return value.IsEmpty || (value[0] is not ('|' or '>' or '&' or '!' or '*' or '?' or '-' or '%' or '@' or '`') && value.Count('"') % 2 == 0 && value.Count('\'') % 2 == 0 && !value.Contains('\\')
            && value.Count('[') == value.Count(']') && value.Count('{') == value.Count('}'));
    }
}
