using System.Globalization;

namespace DnsGuard.Policy.Text;

/// <summary>A piece of YAML or JSON that knows where it stood, so that every complaint can name the place.</summary>
/// <param name="Pointer">Its JSON pointer (RFC 6901); empty for the whole.</param>
/// <param name="Line">Its line, from 1; 0 where the piece did not come from a file.</param>
/// <param name="Column">Its column, from 1.</param>
public abstract record TextNode(string Pointer, int Line, int Column)
{
    /// <summary>What people call such a piece.</summary>
    public abstract string Kind { get; }

    /// <summary>The pointer of a child.</summary>
    public string Child(string key) => $"{Pointer}/{key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>The pointer of a member of a list.</summary>
    public string Child(int index) => string.Create(CultureInfo.InvariantCulture, $"{Pointer}/{index}");
}

/// <summary>A single value. <paramref name="IsQuoted"/> values are text, whatever they look like.</summary>
public sealed record TextScalar(string Value, bool IsQuoted, string Pointer, int Line, int Column) : TextNode(Pointer, Line, Column)
{
    /// <summary>Is this the absence of a value, as YAML writes it?</summary>
    public bool IsNull => !IsQuoted && Value is "" or "~" or "null";

    /// <inheritdoc/>
    public override string Kind => IsNull ? "nothing" : "a single value";
}

/// <summary>A list.</summary>
public sealed record TextList(IReadOnlyList<TextNode> Items, string Pointer, int Line, int Column) : TextNode(Pointer, Line, Column)
{
    /// <inheritdoc/>
    public override string Kind => "a list";
}

/// <summary>A mapping. Keys stand in their written order; a repeated key is kept, for somebody to complain about.</summary>
public sealed record TextMap(IReadOnlyList<(TextScalar Key, TextNode Value)> Entries, string Pointer, int Line, int Column) : TextNode(Pointer, Line, Column)
{
    /// <inheritdoc/>
    public override string Kind => "a mapping";

    /// <summary>The value of the first entry with a key.</summary>
    public TextNode? Find(string key)
    {
        foreach (var (name, value) in Entries)
        {
            if (name.Value == key)
                return value;
        }

        return null;
    }
}

/// <summary>Rules of a policy that were read without making pieces of them: there are a million.</summary>
public sealed record TextRules(Documents.RuleList Rules, string Pointer, int Line, int Column) : TextNode(Pointer, Line, Column)
{
    /// <inheritdoc/>
    public override string Kind => "a list";
}
