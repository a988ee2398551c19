using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DnsGuard.Policy.Text;

/// <summary>Reads YAML, and JSON as the subset of YAML that it is, into <see cref="TextNode"/>s.</summary>
/// <remarks>
/// Anchors, aliases and tags are refused: a policy is data to be read by people and diffed, and aliases are how a small file becomes a
/// large one ("billion laughs").
/// </remarks>
public static class TextTree
{
    /// <summary>How deep a document may nest. Ours nests five deep.</summary>
    public const int MaxDepth = 16;

    /// <summary>Reads one document. Problems of form are added to <paramref name="problems"/>; null then.</summary>
    public static TextNode? Read(string text, List<TextProblem> problems)
    {
        // Editors and shells of some systems put a byte-order mark in front.
        var parser = new Parser(new StringReader(text.TrimStart('\uFEFF')));
        try
        {
            return Document(parser, text);
        }
        catch (YamlException wrong)
        {
            var at = wrong.Message.Contains("invalid tab", StringComparison.Ordinal) ? FirstTab(text) : wrong.Start;
            problems.Add(Unreadable(at, Inner(wrong)));
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 16 gives up so at a line that is indented too little to be inside the brackets around it.
            problems.Add(Unreadable(parser.Current?.End ?? Mark.Empty, "a bracket or brace is not closed here"));
        }

        return null;
    }

    private static TextNode Document(Parser parser, string text)
    {
        // YamlDotNet takes NUL for the end of the text: whatever stood behind it would be lost without a word.
        if (text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var nul)
            throw new YamlException(MarkAt(text, nul), MarkAt(text, nul), "there is a NUL character");
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
            return new TextMap([], "", 1, 1);
        parser.Consume<DocumentStart>();
        var root = Node(parser, "", 0);
        parser.Consume<DocumentEnd>();
        if (!parser.Accept<StreamEnd>(out _))
            throw new YamlException(parser.Current!.Start, parser.Current.End, "there is a second document");
        return root;
    }

    private static TextProblem Unreadable(Mark at, string reason) =>
        new("", (int)at.Line, (int)at.Column, "bad-form", $"the text is not readable: {reason}", "Mend the form; indentation, quotes and colons are the usual reasons");

    // YamlDotNet names the beginning of the mapping instead, which may be the beginning of the file.
    private static Mark FirstTab(string text)
    {
        var start = 0;
        foreach (var line in text.Split('\n'))
        {
            if (line.AsSpan().TrimStart(' ') is ['\t', ..])
                return MarkAt(text, start + line.IndexOf('\t', StringComparison.Ordinal));
            start += line.Length + 1;
        }

        return Mark.Empty;
    }

    private static Mark MarkAt(string text, int index) =>
        new(index, text.AsSpan(0, index).Count('\n') + 1, index - text.AsSpan(0, index).LastIndexOf('\n'));

    private static string Inner(YamlException wrong)
    {
        var message = wrong.InnerException?.Message ?? wrong.Message;
        var end = message.IndexOf("): ", StringComparison.Ordinal);
        return (end >= 0 && message.StartsWith('(') ? message[(end + 3)..] : message).TrimEnd('.').ReplaceLineEndings(" ");
    }

    private static TextNode Node(Parser parser, string pointer, int depth)
    {
        var at = parser.Current!;
        if (depth > MaxDepth)
            throw new YamlException(at.Start, at.End, "it nests too deep");
        if (at is AnchorAlias || at is NodeEvent { Anchor.IsEmpty: false } || at is NodeEvent { Tag.IsEmpty: false })
            throw new YamlException(at.Start, at.End, "anchors, aliases and tags are not used here");
        var (line, column) = ((int)at.Start.Line, (int)at.Start.Column);
        if (parser.TryConsume<Scalar>(out var scalar))
            return new TextScalar(scalar.Value, scalar.Style is not ScalarStyle.Plain, pointer, line, column);
        if (parser.TryConsume<SequenceStart>(out _))
            return Sequence(parser, pointer, depth, line, column);
        parser.Consume<MappingStart>();
        return Mapping(parser, pointer, depth, line, column);
    }

    private static TextList Sequence(Parser parser, string pointer, int depth, int line, int column)
    {
        var items = new List<TextNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(Node(parser, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{items.Count}"), depth + 1));
        return new TextList(items, pointer, line, column);
    }

    private static TextMap Mapping(Parser parser, string pointer, int depth, int line, int column)
    {
        var entries = new List<(TextScalar, TextNode)>();
        var parent = new TextMap([], pointer, line, column);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var at = parser.Current!;
            if (Node(parser, pointer, depth + 1) is not TextScalar key)
                throw new YamlException(at.Start, at.End, "a key must be a single value");
            entries.Add((key with { Pointer = parent.Child(key.Value) }, Node(parser, parent.Child(key.Value), depth + 1)));
        }

        return new TextMap(entries, pointer, line, column);
    }
}
