using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Tests.Documents;

/// <summary>As much of JSON Schema 2020-12 as our schema uses; a keyword it does not know is a failure, so that none is taken for checked.</summary>
internal sealed class SchemaChecker(JsonNode root)
{
    private static readonly HashSet<string> Notes = ["$schema", "$id", "$defs", "title", "description", "default", "examples"];

    /// <summary>The pointers of all pieces that break the schema.</summary>
    public IReadOnlySet<string> Check(JsonNode? value) => new HashSet<string>(Errors(root, value, ""), StringComparer.Ordinal);

    /// <summary>Does a value fit one of the schema's definitions?</summary>
    public bool Fits(string definition, JsonNode? value) => !Errors(root["$defs"]![definition]!, value, "").Any();

    /// <summary>YAML by its core schema: plain words that look like numbers, truth or nothing are that.</summary>
    public static JsonNode? FromText(TextNode node) => node switch
    {
        TextMap map => new JsonObject(map.Entries.DistinctBy(entry => entry.Key.Value).Select(entry => KeyValuePair.Create(entry.Key.Value, FromText(entry.Value)))),
        TextList list => new JsonArray([.. list.Items.Select(FromText)]),
        TextScalar { IsNull: true } => null,
        TextScalar { IsQuoted: false, Value: "true" or "false" } scalar => JsonValue.Create(scalar.Value == "true"),
        TextScalar { IsQuoted: false } scalar when double.TryParse(scalar.Value, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        TextScalar scalar => JsonValue.Create(scalar.Value),
        _ => throw new ArgumentException("no such node"),
    };

    private IEnumerable<string> Errors(JsonNode schema, JsonNode? value, string at) => schema is JsonObject rules
        ? rules.Where(rule => !Notes.Contains(rule.Key)).SelectMany(rule => Errors(rules, rule.Key, rule.Value!, value, at))
        : schema.GetValue<bool>() ? [] : [at];

    private IEnumerable<string> Errors(JsonObject schema, string keyword, JsonNode rule, JsonNode? value, string at) => keyword switch
    {
        "$ref" => Errors(root["$defs"]![rule.GetValue<string>()["#/$defs/".Length..]]!, value, at),
        "type" => If(!(rule is JsonArray types ? types.Select(type => type!.GetValue<string>()) : [rule.GetValue<string>()]).Any(type => IsOf(type, value)), at),
        "const" => If(!JsonNode.DeepEquals(rule, value), at),
        "enum" => If(!rule.AsArray().Any(one => JsonNode.DeepEquals(one, value)), at),
        "pattern" => If(value is JsonValue && value.GetValueKind() is JsonValueKind.String && !Matches(rule, value.GetValue<string>()), at),
        "maxLength" => If(value is JsonValue && value.GetValueKind() is JsonValueKind.String && value.GetValue<string>().Length > Number(rule), at),
        "minimum" => If(IsOf("number", value) && Number(value!) < Number(rule), at),
        "maximum" => If(IsOf("number", value) && Number(value!) > Number(rule), at),
        "minItems" => If(value is JsonArray few && few.Count < Number(rule), at),
        "maxItems" => If(value is JsonArray many && many.Count > Number(rule), at),
        "uniqueItems" => value is JsonArray items ? items.Index().Where(item => items.Take(item.Index).Any(other => JsonNode.DeepEquals(other, item.Item))).Select(item => $"{at}/{item.Index}") : [],
        "items" => value is JsonArray list ? list.Index().SelectMany(item => Errors(rule, item.Item, $"{at}/{item.Index}")) : [],
        "required" => value is JsonObject whole ? rule.AsArray().Where(key => !whole.ContainsKey(key!.GetValue<string>())).Select(_ => at) : [],
        "properties" => Members(value).Where(member => rule.AsObject().ContainsKey(member.Key)).SelectMany(member => Errors(rule[member.Key]!, member.Value, Child(at, member.Key))),
        "additionalProperties" => Members(value).Where(member => schema["properties"]?.AsObject().ContainsKey(member.Key) is not true).SelectMany(member => Errors(rule, member.Value, Child(at, member.Key))),
        "propertyNames" => Members(value).SelectMany(member => Errors(rule, JsonValue.Create(member.Key), Child(at, member.Key))),
        "oneOf" => If(rule.AsArray().Count(one => !Errors(one!, value, at).Any()) != 1, at),
        "anyOf" => If(rule.AsArray().All(one => Errors(one!, value, at).Any()), at),
        "not" => If(!Errors(rule, value, at).Any(), at),
        "if" => value is JsonObject && !Errors(rule, value, at).Any() && Errors(schema["then"]!, value, at).Any() ? [at] : [],
        "then" => [],
        _ => throw new NotSupportedException($"the keyword '{keyword}'"),
    };

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger(Number(value!)),
        _ => false,
    };

    // ECMA's $ means the very end; .NET's would let a final line feed pass.
    private static bool Matches(JsonNode pattern, string text) => Regex.IsMatch(text, pattern.GetValue<string>().Replace("$", "\\z", StringComparison.Ordinal), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    private static double Number(JsonNode value) => value.Deserialize<double>();

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Members(JsonNode? value) => value as JsonObject ?? [];

    private static string Child(string at, string key) => new TextMap([], at, 0, 0).Child(key);

    private static IEnumerable<string> If(bool isBroken, string at) => isBroken ? [at] : [];
}
