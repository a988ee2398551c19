using System.Text.Json;
using System.Text.Json.Nodes;

namespace DnsGuard.Control.Tests.OpenApi;

public sealed class DocumentTests : ControlTest
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task What_the_server_promises_is_what_is_written_in_the_repository()
    {
        var file = Path.Combine(Repository.Root, "src/Control/openapi.json");
        var document = Stable((await Api.GetAsync("//openapi/v1.json")).Json).ToJsonString(Pretty) + "\n";
        // A change that is meant: run the tests once with this variable, and review the difference.
        if (Environment.GetEnvironmentVariable("DNSGUARD_WRITE_OPENAPI") == "1")
            await File.WriteAllTextAsync(file, document);

        Assert.Equal(await File.ReadAllTextAsync(file), document);
    }

    [Fact]
    public async Task It_is_OpenAPI_3_1_and_every_reference_in_it_leads_somewhere()
    {
        var document = (await Api.GetAsync("//openapi/v1.json")).Json;

        Assert.StartsWith("3.1.", (string)document["openapi"]!, StringComparison.Ordinal);
        var schemas = document["components"]!["schemas"]!.AsObject();
        var references = Nodes(document).OfType<JsonObject>().Select(node => node["$ref"]).OfType<JsonValue>().Select(value => (string)value!).Distinct().ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.True(schemas.ContainsKey(reference.Replace("#/components/schemas/", "", StringComparison.Ordinal)), reference));
    }

    [Fact]
    public async Task Every_operation_has_a_name_of_its_own_says_what_it_needs_and_what_it_answers()
    {
        var operations = await Operations.ReadAsync(Node);

        Assert.True(operations.Count >= 45, $"{operations.Count}");
        Assert.Equal(operations.Count, operations.Select(operation => operation.Id).Distinct().Count());
        Assert.All(operations, operation =>
        {
            Assert.StartsWith("Needs ", operation.Description, StringComparison.Ordinal);
            Assert.Contains("401", operation.Answers);
            Assert.Contains("403", operation.Answers);
            Assert.Contains(operation.Answers, answer => answer.StartsWith('2'));
        });
    }

    [Fact]
    public async Task An_edit_is_described_with_the_headers_that_it_needs()
    {
        var document = (await Api.GetAsync("//openapi/v1.json")).Json;
        var edits = (await Operations.ReadAsync(Node)).Where(operation => operation.Answers.Contains("428")).ToList();

        Assert.Equal(21, edits.Count);
        Assert.All(edits, edit =>
        {
            var parameters = document["paths"]![edit.Path]![edit.Method.ToLowerInvariant()]!["parameters"]!.AsArray();
            Assert.True((bool)Assert.Single(parameters, parameter => (string)parameter!["name"]! == "If-Match")!["required"]!);
            Assert.Single(parameters, parameter => (string)parameter!["name"]! == "dryRun");
        });
    }

    [Fact]
    public async Task What_is_left_out_where_it_is_null_is_not_promised()
    {
        var schemas = (await Api.GetAsync("//openapi/v1.json")).Json["components"]!["schemas"]!.AsObject();

        foreach (var (name, schema) in schemas)
        {
            foreach (var required in schema!["required"]?.AsArray().Select(one => (string)one!) ?? [])
                Assert.False(schema["properties"]![required]!.ToJsonString().Contains("\"null\"", StringComparison.Ordinal), $"{name}.{required}");
        }
    }

    [Theory]
    [InlineData("RuleBody", "id allow deny ports types expires owner comment ticket private dnssec hold pin via broad confirm warm")]
    [InlineData("GroupBody", "name comment clients mode lists blockResponse aliases families ech tunnels queryLog grace targets rules")]
    [InlineData("ListBody", "name comment rules")]
    [InlineData("PolicyBody", "revision lists groups")]
    [InlineData("EditBody", "revision dryRun changes changeCount")]
    [InlineData("RuleBatch", "add remove")]
    [InlineData("ImportBody", "revision dryRun format counts notes")]
    [InlineData("ImportCounts", "added changed removed unchanged invalid leftOut duplicate shadowed conflict implied")]
    [InlineData("ExchangeNoteBody", "kind line text detail cure")]
    [InlineData("ExportBody", "revision format mediaType text rules leftOut lossy notes")]
    [InlineData("QueryLogBody", "id at count client group transport name type outcome reason rule revision responseCode extendedError source addresses aliases durationMicroseconds holdMicroseconds allowedNow request")]
    [InlineData("GrantBody", "id group address ports until name type rule revision targets")]
    [InlineData("AddressBody", "address at isOpen grants history")]
    [InlineData("TargetStatus", "name kind state detail entries drift lastReconciled blocked dnsBypass capacity")]
    [InlineData("NewToken", "name scopes expires")]
    [InlineData("CreatedToken", "id name scopes expires secret")]
    [InlineData("AuditEntry", "id at actor source action detail hash")]
    [InlineData("VerdictQuestion", "client name type")]
    [InlineData("VerdictBody", "outcome reason group list rule ports revision")]
    [InlineData("RevisionBody", "number at author comment text")]
    [InlineData("WhoAmIBody", "name scopes source")]
    [InlineData("VersionBody", "version revision")]
    public async Task A_schema_has_exactly_these_properties(string schema, string properties)
    {
        var schemas = (await Api.GetAsync("//openapi/v1.json")).Json["components"]!["schemas"]!;

        Assert.Equal(properties.Split(' ').Order(), schemas[schema]!["properties"]!.AsObject().Select(property => property.Key).Order());
    }

    // Schemas come in the order in which the server happened to meet them.
    private static JsonNode Stable(JsonNode node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, entry.Value is null ? null : Stable(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(item => item is null ? null : Stable(item))]),
        _ => node.DeepClone(),
    };

    private static IEnumerable<JsonNode> Nodes(JsonNode? node) => node switch
    {
        null => [],
        JsonObject map => map.SelectMany(entry => Nodes(entry.Value)).Prepend(map),
        JsonArray list => list.SelectMany(Nodes).Prepend(list),
        _ => [node],
    };
}
