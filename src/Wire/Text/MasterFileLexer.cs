using System.Text;

namespace DnsGuard.Wire.Text;

/// <summary>Splits master-file text into entries: comments, quotes and parentheses end here (RFC 1035 §5.1).</summary>
internal static class MasterFileLexer
{
    public static IEnumerable<MasterFileEntry> Entries(string text)
    {
        var tokens = new List<MasterFileToken>();
        var line = 1;
        var start = 1;
        var depth = 0;
        var blank = false;
        for (var at = 0; at <= text.Length; at++)
        {
            var character = at < text.Length ? text[at] : '\n';
            switch (character)
            {
                case '\n':
                    if (depth == 0 && tokens.Count > 0)
                    {
                        yield return new MasterFileEntry(start, blank, tokens);
                        tokens = [];
                    }

                    line++;
                    if (depth == 0)
                    {
                        start = line;
                        blank = at + 1 < text.Length && text[at + 1] is ' ' or '\t';
                    }

                    break;
                case ' ' or '\t' or '\r':
                    blank |= at == 0;
                    break;
                case ';':
                    while (at + 1 < text.Length && text[at + 1] != '\n')
                        at++;
                    break;
                case '(':
                    depth++;
                    break;
                case ')':
                    if (--depth < 0)
                        throw new MasterFileException(line, "a ) without its (");
                    break;
                case '"':
                    tokens.Add(Quoted(text, ref at, line));
                    break;
                default:
                    tokens.Add(Word(text, ref at, line));
                    break;
            }
        }

        if (depth > 0)
            throw new MasterFileException(start, "a ( without its )");
    }

    private static MasterFileToken Quoted(string text, ref int at, int line)
    {
        var word = new StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                word.Append(text[at++]);
            if (text[at] == '\n')
                throw new MasterFileException(line, "a quote that does not end in its line");
            word.Append(text[at]);
        }

        return at < text.Length ? new MasterFileToken(word.ToString(), IsQuoted: true) : throw new MasterFileException(line, "a quote that does not end");
    }

    private static MasterFileToken Word(string text, ref int at, int line)
    {
        var start = at;
        for (; at < text.Length && !" \t\r\n;()\"".Contains(text[at], StringComparison.Ordinal); at++)
        {
            if (text[at] == '\\' && (++at == text.Length || text[at] is '\r' or '\n'))
                throw new MasterFileException(line, "a backslash at the end of its line");
        }

        return new MasterFileToken(text[start..at--], IsQuoted: false);
    }
}
