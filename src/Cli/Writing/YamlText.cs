using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DnsGuard.Cli.Writing;

/// <summary>JSON as YAML in block style. Whatever could be read as something else is quoted as JSON quotes it, which YAML reads alike.</summary>
internal static partial class YamlText
{
    private static readonly JsonSerializerOptions Quoted = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

    /// <summary>The text of a value, with the last line's end.</summary>
    public static string Write(JsonNode? value)
    {
        var text = new StringBuilder();
        if (IsInline(value))
            text.Append(Scalar(value)).Append('\n');
        else
            Append(text, value!, "", isInLine: false);
        return text.ToString();
    }

    // A mapping in a list starts in the line of its dash.
    private static void Append(StringBuilder text, JsonNode value, string indent, bool isInLine)
    {
        var lead = isInLine ? "" : indent;
        if (value is JsonObject map)
        {
            foreach (var (key, entry) in map)
            {
                text.Append(lead).Append(Text(key)).Append(':');
                Follow(text, entry, entry is JsonArray ? indent : $"{indent}  ");
                lead = indent;
            }

            return;
        }

        foreach (var item in value.AsArray())
        {
            text.Append(lead).Append('-');
            if (IsInline(item))
                text.Append(' ').Append(Scalar(item)).Append('\n');
            else
                Append(text.Append(' '), item!, $"{indent}  ", isInLine: true);
            lead = indent;
        }
    }

    private static void Follow(StringBuilder text, JsonNode? value, string indent)
    {
        if (IsInline(value))
            text.Append(' ').Append(Scalar(value)).Append('\n');
        else
            Append(text.Append('\n'), value!, indent, isInLine: false);
    }

    private static bool IsInline(JsonNode? value) => value is null or JsonValue or JsonArray { Count: 0 } or JsonObject { Count: 0 };

    private static string Scalar(JsonNode? value) => value switch
    {
        null => "null",
        JsonValue scalar when scalar.GetValueKind() is JsonValueKind.String => Text((string)scalar!),
        _ => value.ToJsonString(),
    };

    private static string Text(string text) => Bare().IsMatch(text) && !Words.Contains(text, StringComparer.OrdinalIgnoreCase) ? text : JsonSerializer.Serialize(text, Quoted);

    // A letter first, so that it is no number and no mark of YAML's; then nothing that means anything in it, and no blank at the end.
    [GeneratedRegex(@"^[A-Za-z](?:[A-Za-z0-9_./-]|[ ,](?! |$))*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bare();
}
