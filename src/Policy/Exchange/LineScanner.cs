namespace DnsGuard.Policy.Exchange;

/// <summary>Goes through a text line by line, without making anything of it.</summary>
internal ref struct LineScanner(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text is ['\uFEFF', ..] ? text[1..] : text;

    /// <summary>The number of the line, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The next line, without its end.</summary>
    public bool TryNext(out ReadOnlySpan<char> line)
    {
        line = default;
        if (_rest.IsEmpty)
            return false;
        var end = _rest.IndexOf('\n');
        line = (end < 0 ? _rest : _rest[..end]).TrimEnd('\r');
        _rest = end < 0 ? default : _rest[(end + 1)..];
        Number++;
        return true;
    }

    /// <summary>A line without blanks around it and without what stands behind a mark.</summary>
    public static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> line, char mark)
    {
        var at = line.IndexOf(mark);
        return (at < 0 ? line : line[..at]).Trim();
    }

    /// <summary>Takes the first word off a line.</summary>
    public static ReadOnlySpan<char> TakeWord(ref ReadOnlySpan<char> line)
    {
        line = line.TrimStart();
        var end = line.IndexOfAny(' ', '\t');
        var word = end < 0 ? line : line[..end];
        line = line[word.Length..].TrimStart();
        return word;
    }
}
