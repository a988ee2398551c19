using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DnsGuard.Cli.Writing;

/// <summary>JSON as the text of a table's cell.</summary>
internal static class Cells
{
    /// <summary>A value as it is read: a text without quotes, a list with commas, nothing for null.</summary>
    public static string? Text(JsonNode? value) => value switch
    {
        null => null,
        JsonArray list => string.Join(", ", list.Select(Text)),
        JsonValue scalar when scalar.GetValueKind() is JsonValueKind.String => (string?)scalar,
        _ => value.ToJsonString(),
    };

    /// <summary>A number with what it counts: <c>1 query</c>, <c>2 queries</c>.</summary>
    public static string Count(JsonNode? number, string one, string many) => $"{number} {(number?.ToJsonString() == "1" ? one : many)}";

    /// <summary>A moment as tables show it, to the second, or with milliseconds.</summary>
    public static string? Moment(JsonNode? value, bool withMilliseconds = false) =>
        DateTimeOffset.TryParse((string?)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.UtcDateTime.ToString(withMilliseconds ? "yyyy-MM-dd HH:mm:ss.fff'Z'" : "yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : (string?)value;

    /// <summary>A text that may be shown: comments and names of tokens are what people wrote, and none of it may steer a terminal or forge a row.</summary>
    public static string Plain(string? text)
    {
        var plain = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
            plain.Append(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? Rune.ReplacementChar : rune);
        return plain.ToString();
    }
}
