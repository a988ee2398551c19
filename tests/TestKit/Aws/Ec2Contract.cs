using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace DnsGuard.TestKit.Aws;

/// <summary>EC2's own service model, from Debian's <c>python3-botocore</c>: whatever is sent to EC2, and whatever the fake answers, is held against it.</summary>
public sealed class Ec2Contract
{
    private const string Model = "/usr/lib/python3/dist-packages/botocore/data/ec2/2016-11-15/service-2.json";

    private static readonly Lazy<Ec2Contract> Loaded = new(() => File.Exists(Model)
        ? new Ec2Contract(JsonDocument.Parse(File.ReadAllBytes(Model)).RootElement)
        : throw new InvalidOperationException($"{Model} is not there: install python3-botocore, as ./test does"));

    private readonly JsonElement _operations;
    private readonly JsonElement _shapes;

    private Ec2Contract(JsonElement model) => (_operations, _shapes) = (model.GetProperty("operations"), model.GetProperty("shapes"));

    /// <summary>The model, read once.</summary>
    public static Ec2Contract Instance => Loaded.Value;

    /// <summary>What is wrong with a request.</summary>
    /// <param name="fields">Its form, <c>Action</c> and <c>Version</c> among it.</param>
    public IReadOnlyList<string> CheckRequest(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        var wrong = new List<string>();
        var byKey = fields.GroupBy(field => field.Key, StringComparer.Ordinal).ToList();
        wrong.AddRange(byKey.Where(group => group.Count() > 1).Select(group => $"{group.Key} is there twice"));
        var values = byKey.ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        if (values.GetValueOrDefault("Version") != "2016-11-15")
            wrong.Add("Version is not 2016-11-15");
        if (!values.TryGetValue("Action", out var action) || !_operations.TryGetProperty(action, out var operation))
            return [.. wrong, $"there is no action '{action}'"];
        var root = new Node();
        foreach (var (key, value) in values.Where(field => field.Key is not ("Action" or "Version")))
            root.Put(key.Split('.'), value);
        CheckInput(operation.GetProperty("input").GetProperty("shape").GetString()!, root, action, wrong);
        return wrong;
    }

    /// <summary>What is wrong with an answer.</summary>
    public IReadOnlyList<string> CheckAnswer(string action, XElement answer)
    {
        var wrong = new List<string>();
        if (!_operations.TryGetProperty(action, out var operation))
            return [$"there is no action '{action}'"];
        if (answer.Name.LocalName != $"{action}Response")
            wrong.Add($"the answer is called {answer.Name.LocalName}");
        var shape = operation.TryGetProperty("output", out var output) ? output.GetProperty("shape").GetString() : null;
        foreach (var child in answer.Elements().Where(child => child.Name.LocalName is not ("requestId" or "return")))
        {
            if (shape is null || Member(shape, child.Name.LocalName, isInput: false) is not { } member)
                wrong.Add($"{action}: an answer has no {child.Name.LocalName}");
            else
                CheckOutput(member, child, $"{action}.{child.Name.LocalName}", wrong);
        }

        return wrong;
    }

    private void CheckInput(string shapeName, Node node, string path, List<string> wrong)
    {
        var shape = _shapes.GetProperty(shapeName);
        switch (shape.GetProperty("type").GetString())
        {
            case "structure":
                CheckStructure(shapeName, shape, node, path, wrong);
                break;
            case "list":
                CheckList(shape, node, path, wrong);
                break;
            default:
                if (node.Value is null)
                    wrong.Add($"{path} is a value, not a structure");
                else
                    CheckValue(shape, node.Value, path, wrong);
                break;
        }
    }

    private void CheckStructure(string shapeName, JsonElement shape, Node node, string path, List<string> wrong)
    {
        if (node.Value is not null)
            wrong.Add($"{path} is a structure, not a value");
        foreach (var (key, child) in node.Children)
        {
            if (Member(shapeName, key, isInput: true) is { } member)
                CheckInput(member, child, $"{path}.{key}", wrong);
            else
                wrong.Add($"{path} has no {key}");
        }

        if (!shape.TryGetProperty("required", out var required))
            return;
        foreach (var name in required.EnumerateArray().Select(name => name.GetString()!))
        {
            var wire = WireName(name, shape.GetProperty("members").GetProperty(name), isInput: true);
            if (!node.Children.ContainsKey(wire))
                wrong.Add($"{path} lacks {wire}");
        }
    }

    private void CheckList(JsonElement shape, Node node, string path, List<string> wrong)
    {
        var member = shape.GetProperty("member").GetProperty("shape").GetString()!;
        var numbers = node.Children.Keys.Select(key => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).Order().ToList();
        if (node.Value is not null || !numbers.SequenceEqual(Enumerable.Range(1, numbers.Count)))
            wrong.Add($"{path} is a list: its members are numbered from 1, without gaps");
        if (shape.TryGetProperty("max", out var max) && numbers.Count > max.GetInt64())
            wrong.Add($"{path} has {numbers.Count} members, more than {max.GetInt64()}");
        if (shape.TryGetProperty("min", out var min) && numbers.Count < min.GetInt64())
            wrong.Add($"{path} has {numbers.Count} members, fewer than {min.GetInt64()}");
        foreach (var (key, child) in node.Children)
            CheckInput(member, child, $"{path}.{key}", wrong);
    }

    private void CheckOutput(string shapeName, XElement element, string path, List<string> wrong)
    {
        var shape = _shapes.GetProperty(shapeName);
        switch (shape.GetProperty("type").GetString())
        {
            case "structure":
                foreach (var child in element.Elements())
                {
                    if (Member(shapeName, child.Name.LocalName, isInput: false) is { } member)
                        CheckOutput(member, child, $"{path}.{child.Name.LocalName}", wrong);
                    else
                        wrong.Add($"{path} has no {child.Name.LocalName}");
                }

                if (!element.HasElements && element.Value.Length > 0)
                    wrong.Add($"{path} is a structure, not a value");
                break;
            case "list":
                var item = shape.GetProperty("member");
                var name = item.TryGetProperty("locationName", out var location) ? location.GetString()! : "member";
                foreach (var child in element.Elements())
                {
                    if (child.Name.LocalName == name)
                        CheckOutput(item.GetProperty("shape").GetString()!, child, $"{path}.{name}", wrong);
                    else
                        wrong.Add($"{path}: its members are called {name}, not {child.Name.LocalName}");
                }

                break;
            default:
                if (element.HasElements)
                    wrong.Add($"{path} is a value, not a structure");
                else
                    CheckValue(shape, element.Value, path, wrong);
                break;
        }
    }

    private static void CheckValue(JsonElement shape, string value, string path, List<string> wrong)
    {
        var type = shape.GetProperty("type").GetString();
        var isRight = type switch
        {
            "boolean" => value is "true" or "false",
            "integer" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "long" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "timestamp" => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _),
            _ => true,
        };
        if (!isRight)
            wrong.Add($"{path} is no {type}: '{value}'");
        if (shape.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(one => one.GetString() == value))
            wrong.Add($"{path} may not be '{value}'");
        if (!isRight || type is not ("integer" or "long" or "string"))
            return;
        var size = type == "string" ? value.Length : long.Parse(value, CultureInfo.InvariantCulture);
        if (shape.TryGetProperty("min", out var min) && size < min.GetInt64())
            wrong.Add($"{path} is below {min.GetInt64()}");
        if (shape.TryGetProperty("max", out var max) && size > max.GetInt64())
            wrong.Add($"{path} is above {max.GetInt64()}");
    }

    private string? Member(string shapeName, string wire, bool isInput)
    {
        foreach (var member in _shapes.GetProperty(shapeName).GetProperty("members").EnumerateObject())
        {
            if (WireName(member.Name, member.Value, isInput) == wire)
                return member.Value.GetProperty("shape").GetString();
        }

        return null;
    }

    // The EC2 protocol: queryName as it is; else locationName with a capital, in requests; else the member's name.
    private static string WireName(string name, JsonElement member, bool isInput)
    {
        if (isInput && member.TryGetProperty("queryName", out var query))
            return query.GetString()!;
        if (!member.TryGetProperty("locationName", out var location))
            return name;
        var text = location.GetString()!;
        return isInput ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);

        public string? Value { get; private set; }

        public void Put(ReadOnlySpan<string> path, string value)
        {
            if (path.IsEmpty)
            {
                Value = value;
                return;
            }

            if (!Children.TryGetValue(path[0], out var child))
                Children[path[0]] = child = new Node();
            child.Put(path[1..], value);
        }
    }
}
