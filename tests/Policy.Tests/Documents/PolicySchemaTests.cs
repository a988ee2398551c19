using System.Text.Json.Nodes;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Tests.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;
using FsCheck.Fluent;

namespace DnsGuard.Policy.Tests.Documents;

/// <summary>config/policy.schema.json and <see cref="PolicyReader"/> say the same, so that neither can drift.</summary>
public class PolicySchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "config", "policy.schema.json")))!;
    private static readonly SchemaChecker Checker = new(Schema);

    public static IEnumerable<object[]> Mistakes() => MistakeFile.Read().Where(mistake => mistake.IsForSchemas).Select(mistake => new object[] { mistake.Title });

    public static IEnumerable<object[]> Sections() => VerdictTable.Read().Select(section => new object[] { section.Title });

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void The_schema_finds_every_mistake_that_schemas_can_tell_and_no_other(string title)
    {
        var mistake = MistakeFile.Titled(title);

        Assert.Equal(
            mistake.Expected.Select(place => place.Pointer).Distinct().Order(StringComparer.Ordinal),
            Check(mistake.Text).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void The_schema_takes_every_policy_of_the_verdict_table(string title) =>
        Assert.Empty(Check(VerdictTable.Read().Single(section => section.Title == title).Policy));

    [Fact]
    public void The_schema_takes_whatever_the_writer_writes() => Properties.Holds(Prop.ForAll(PolicyGenerator.Documents.ToArbitrary(), document =>
        Check(PolicyWriter.Write(document)).Count == 0), 100);

    [Theory]
    [InlineData("", "?: 1")]
    [InlineData("list", "lists: { l: { ?: 1 } }")]
    [InlineData("group", "groups: { g: { ?: 1 } }")]
    [InlineData("rule", "lists: { l: { rules: [{ ?: 1 }] } }")]
    public void The_schema_has_the_very_keys_that_the_reader_knows(string definition, string text)
    {
        var known = Policies.Check(Policies.Head + text, out _).Single(problem => problem.Code == "unknown-key").Cure["Use one of ".Length..].Split(", ");
        var schema = definition.Length == 0 ? Schema : Schema["$defs"]![definition]!;

        Assert.Equal(known.Order(StringComparer.Ordinal), schema["properties"]!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal));
        Assert.False(schema["additionalProperties"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("mode", typeof(GroupMode))]
    [InlineData("blockResponse", typeof(BlockResponse))]
    [InlineData("aliases", typeof(AliasPolicy))]
    [InlineData("families", typeof(AddressFamilies))]
    [InlineData("ech", typeof(EchPolicy))]
    [InlineData("tunnels", typeof(TunnelPolicy))]
    [InlineData("queryLog", typeof(LogPrivacy))]
    public void The_schema_has_the_very_choices_that_the_reader_takes_and_its_default(string key, Type choices)
    {
        var property = Schema["$defs"]!["group"]!["properties"]![key]!;
        var names = Enum.GetNames(choices).Select(name => name.ToLowerInvariant()).ToList();

        Assert.Equal([.. names, null], property["enum"]!.AsArray().Select(value => value?.GetValue<string>()));
        Assert.Equal(names[0], property["default"]!.GetValue<string>());
    }

    [Fact]
    public void The_schemas_other_defaults_are_the_readers_too()
    {
        var rule = Schema["$defs"]!["rule"]!["properties"]!;
        var ports = rule["ports"]!["default"]!.AsArray().Select(port => PortRange.TryParse(port!.GetValue<string>(), out var range) ? range : default);

        Assert.Equal(PortSet.Default, PortSet.From(ports));
        Assert.Equal(GrantGrace.Default.Name, Schema["$defs"]!["group"]!["properties"]!["grace"]!["default"]!.GetValue<string>());
        Assert.False(rule["broad"]!["default"]!.GetValue<bool>() || rule["warm"]!["default"]!.GetValue<bool>());
    }

    [Fact]
    public void Every_property_is_described_and_every_example_fits() => Assert.All(DescribedProperties(Schema), property =>
    {
        Assert.True((property.Value["description"] ?? Schema["$defs"]![property.Value["$ref"]?.GetValue<string>()["#/$defs/".Length..] ?? ""]?["description"]) is not null, property.Key);
        Assert.All(property.Value["examples"]?.AsArray() ?? [], example => Assert.Empty(new SchemaChecker(With(property.Value)).Check(example)));
    });

    [Fact]
    public void The_schema_takes_the_very_types_that_the_reader_takes()
    {
        var words = Enum.GetNames<RecordType>().SelectMany(name => new[] { name, name.ToLowerInvariant(), name[..1] + name[1..].ToLowerInvariant() })
            .Concat(Enumerable.Range(0, 300).Concat([65279, 65280, 65534, 65535, 65536, 99999, 100000]).SelectMany(number => new[] { $"TYPE{number}", $"type0{number}" }))
            .Concat(["", "TYPE", "TYPE-1", "TYPE 1", "A ", "AA", "TYPE1X"]);

        Assert.All(words.Where(word => word.Trim() == word), word => Assert.Equal(
            Policies.Check(Policies.OfRules($"{{ allow: a.example.com, types: ['{word}'] }}"), out _).Count == 0,
            Checker.Fits("recordType", JsonValue.Create(word))));
    }

    [Theory]
    [InlineData("pattern", "a|-|_|.|.|*|*.|*|ab|é|A|1| |/|com")]
    [InlineData("port", "tcp/|udp/|any|0|8|65535|65536|-|1|tcp| |+")]
    [InlineData("duration", "0|1|99|999999999|9|ms|s|m|h|d|-|.5|D")]
    [InlineData("name", "a|z|-|0|9|A|_|.| |é|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("cidr", "0|1.|10.0.0.0|255.|256|.0|/8|/32|/33|/0|::|2001:db8:|:|/128|/129|1|f|ffff:|g|.0.0.0")]
    public void The_schemas_patterns_take_what_the_reader_takes(string definition, string pieces) => Properties.Holds(Prop.ForAll(
        Gen.Choose(1, 6).SelectMany(count => Gen.Elements(pieces.Split('|')).ArrayOf(count)).Select(string.Concat).ToArbitrary(),
        text => (Checker.Fits(definition, JsonValue.Create(text)) == IsTaken(definition, text)).Label($"'{text}': the reader says {IsTaken(definition, text)}")), 3_000);

    private static bool IsTaken(string definition, string text) => definition switch
    {
        "pattern" => NamePattern.TryParse(text, out _, out _),
        // No schema can tell that a range runs backwards.
        "port" => PortRange.TryParse(text, out _) || (text.Split('-') is [var first, var last] && first != "any" && PortRange.TryParse(first, out _) && PortRange.TryParse(first[..4] + last, out var other) && other.IsSingle),
        "duration" => DurationText.TryRead(text, out _) || (text.EndsWith('d') && DurationText.TryRead(text[..^1] + "m", out _)) || (text.EndsWith('h') && DurationText.TryRead(text[..^1] + "m", out _)),
        "name" => PolicyReader.IsName(text),
        // Nor that host bits are set, nor how many groups an IPv6 address has.
        "cidr" => AddressRange.TryParse(text, out _, out var problem) || problem.Contains("host bits", StringComparison.Ordinal)
            || (text.Contains(':', StringComparison.Ordinal) && Checker.Fits(definition, JsonValue.Create(text))),
        _ => throw new ArgumentException(definition),
    };

    private static IReadOnlySet<string> Check(string text)
    {
        var problems = new List<TextProblem>();
        var node = TextTree.Read(text, problems);
        Assert.Empty(problems);
        return Checker.Check(SchemaChecker.FromText(node!));
    }

    private static IEnumerable<KeyValuePair<string, JsonNode>> DescribedProperties(JsonNode schema) =>
        from owner in schema["$defs"]!.AsObject().Select(definition => definition.Value!).Append(schema)
        from property in owner["properties"]?.AsObject() ?? []
        where property.Key != "default"
        select KeyValuePair.Create(property.Key, property.Value!);

    // One property as a schema of its own, which can still refer to the definitions.
    private static JsonObject With(JsonNode property)
    {
        var schema = property.DeepClone().AsObject();
        schema["$defs"] = Schema["$defs"]!.DeepClone();
        return schema;
    }
}
