using System.Text.Json.Nodes;

namespace DnsGuard.Sync.Tests;

/// <summary>An element as the nft program shows it.</summary>
internal sealed record NftElementView(string Key, long Timeout, long Expires, string? Comment);

/// <summary>What is in the kernel, told by the nft program: a witness that shares no line of code with us.</summary>
internal sealed class Kernel(PrivateNetwork network, string table = "dnsguard")
{
    /// <summary>Runs a script that must be accepted.</summary>
    public void Do(string script)
    {
        var (code, _, error) = TryDo(script);
        Assert.True(code == 0, $"nft refuses: {error}\n{script}");
    }

    public (int Code, string Text, string Error) TryDo(string script) => network.Try("nft", ["-f", "-"], script);

    /// <summary>All tables as text.</summary>
    public string Listing(params IEnumerable<string> options) => network.Must("nft", [.. options, "list", "ruleset"]);

    /// <summary>Our table as text, counts left out.</summary>
    public string Table() => network.Must("nft", "-s", "list", "table", "inet", table);

    /// <summary>The rules of a chain as text, without handles.</summary>
    public string[] Chain(string chain) =>
        [.. network.Must("nft", "-s", "list", "chain", "inet", table, chain).Split('\n').Skip(2).Select(line => line.Trim()).TakeWhile(line => line != "}").Where(line => line.Length > 0)];

    public string[] Sets() => [.. Objects("set").Concat(Objects("map")).Select(set => (string)set["name"]!)];

    public string[] Chains() => [.. Objects("chain").Select(chain => (string)chain["name"]!)];

    public string[] Counters() => [.. Objects("counter").Select(counter => (string)counter["name"]!)];

    /// <summary>The elements of a set or map.</summary>
    public IReadOnlyList<NftElementView> Elements(string set, string kind = "set")
    {
        var (code, text, error) = network.Try("nft", ["-j", "list", kind, "inet", table, set], "");
        Assert.True(code == 0, $"nft cannot list {set}: {error}");
        return [.. Members(text, kind).SelectMany(member => member["elem"]?.AsArray() ?? []).Select(Read)];
    }

    /// <summary>The elements of all allow sets, each behind the name of its set.</summary>
    public IReadOnlyList<string> AllElements() =>
        [.. Objects("set").Where(set => set["flags"]?.ToJsonString().Contains("timeout", StringComparison.Ordinal) is true)
            .SelectMany(set => (set["elem"]?.AsArray() ?? []).Select(element => $"{set["name"]} {Read(element).Key}")).Order(StringComparer.Ordinal)];

    /// <summary>Our table without what changes by itself (handles, counts, times) and in an order of its own: equal where packets meet the same fate.</summary>
    public string Meaning()
    {
        var members = JsonNode.Parse(network.Must("nft", "-j", "list", "ruleset"))!["nftables"]!.AsArray()
            .Select(member => member!.AsObject().First())
            .Where(member => (string?)member.Value!["table"] == table || (member.Key == "table" && (string?)member.Value["name"] == table))
            .ToList();
        // Rules count in their order, all else does not.
        var rules = members.Where(member => member.Key == "rule").GroupBy(member => (string)member.Value!["chain"]!).OrderBy(chain => chain.Key, StringComparer.Ordinal).SelectMany(chain => chain);
        var others = members.Where(member => member.Key != "rule").Select(member => Write(member.Key, Strip(member.Value!))).Order(StringComparer.Ordinal);
        return string.Join('\n', others.Concat(rules.Select(rule => Write(rule.Key, Strip(rule.Value!)))));
    }

    /// <summary>The handle of the first rule of a chain.</summary>
    public long FirstRule(string chain) => Objects("rule").Where(rule => (string)rule["chain"]! == chain).Select(rule => (long)rule["handle"]!).First();

    private static string Write(string kind, JsonNode value) => $"{kind} {value.ToJsonString()}";

    private static JsonNode Strip(JsonNode node)
    {
        if (node is JsonArray list)
            return new JsonArray([.. list.Select(item => item is null ? null : Strip(item))]);
        if (node is not JsonObject map)
            return node.DeepClone();
        var stripped = new JsonObject();
        foreach (var (key, value) in map.Where(member => member.Key is not ("handle" or "packets" or "bytes" or "timeout" or "expires")))
        {
            stripped[key] = key == "elem" && value is JsonArray elements
                ? new JsonArray([.. elements.Select(element => Strip(element!)).OrderBy(element => element.ToJsonString(), StringComparer.Ordinal)])
                : value is null ? null : Strip(value);
        }

        return stripped;
    }

    private static IEnumerable<JsonNode> Members(string json, string kind) => JsonNode.Parse(json)!["nftables"]!.AsArray().Where(member => member![kind] is not null).Select(member => member![kind]!);

    private IEnumerable<JsonNode> Objects(string kind) => Members(network.Must("nft", "-j", "list", "ruleset"), kind).Where(member => (string?)member["table"] == table);

    private static NftElementView Read(JsonNode? node)
    {
        var element = (node as JsonObject)?["elem"];
        return new NftElementView(Key(element?["val"] ?? node!), (long?)element?["timeout"] ?? 0, (long?)element?["expires"] ?? 0, (string?)element?["comment"]);
    }

    private static string Key(JsonNode key) => key switch
    {
        JsonObject concatenation when concatenation["concat"] is JsonArray parts => string.Join(" . ", parts.Select(part => part!.ToString())),
        JsonArray pair => $"{Key(pair[0]!)} : {pair[1]!.ToJsonString()}",
        JsonObject prefix when prefix["prefix"] is JsonObject block => $"{block["addr"]}/{block["len"]}",
        JsonObject range when range["range"] is JsonArray ends => $"{ends[0]}-{ends[1]}",
        _ => key.ToString(),
    };
}
