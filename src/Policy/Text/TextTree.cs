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
        try
        {
            var parser = new Parser(new StringReader(text));
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
        catch (YamlException wrong)
        {
            problems.Add(new TextProblem("", (int)wrong.Start.Line, (int)wrong.Start.Column, "bad-form", $"the text is not readable: {Inner(wrong)}", "Mend the form; indentation, quotes and colons are the usual reasons"));
            return null;
        }
    }

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
        if (at is AnchorAlias || at is NodeEvent { Anchor.IsEmpty: false } || at is NodeEvent { Tag.IsEmpty: false, Tag.IsNonSpecific: false })
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
            if (Node(parser, pointer, depth + 1) is not TextScalar key)
                throw new YamlException(parser.Current!.Start, parser.Current.End, "a key must be a single value");
            entries.Add((key, Node(parser, parent.Child(key.Value), depth + 1)));
        }

        return new TextMap(entries, pointer, line, column);
    }
}
