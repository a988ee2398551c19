using System.Globalization;

namespace DnsGuard.TestKit.Aws;

/// <summary>The parameters of a call, as EC2 reads them.</summary>
internal sealed class FakeForm(IReadOnlyDictionary<string, string> fields, string prefix = "")
{
    public string? this[string key] => fields.GetValueOrDefault(prefix + key);

    public int? Number(string key) => this[key] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    public string Required(string key) => this[key] ?? throw new FakeRefusal("MissingParameter", $"The request must contain the parameter {key}");

    public IEnumerable<FakeForm> List(string key)
    {
        for (var number = 1; ; number++)
        {
            var start = string.Create(CultureInfo.InvariantCulture, $"{prefix}{key}.{number}");
            if (!fields.Keys.Any(field => field == start || field.StartsWith(start + ".", StringComparison.Ordinal)))
                yield break;
            yield return new FakeForm(fields, start + ".");
        }
    }

    public IReadOnlyList<string> Texts(string key)
    {
        var texts = new List<string>();
        while (fields.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"{prefix}{key}.{texts.Count + 1}"), out var text))
            texts.Add(text);
        return texts;
    }

    public IReadOnlyDictionary<string, string> Tags(string resourceType) => List("TagSpecification").Where(specification => specification["ResourceType"] == resourceType)
        .SelectMany(specification => specification.List("Tag")).ToDictionary(tag => tag.Required("Key"), tag => tag["Value"] ?? "", StringComparer.Ordinal);

    // tag:key, tag-key, and names that a resource has values for.
    public bool Passes(Func<string, IEnumerable<string?>> values, IReadOnlyDictionary<string, string> tags) => List("Filter").All(filter =>
    {
        var (name, wanted) = (filter.Required("Name"), filter.Texts("Value"));
        IEnumerable<string?> has = name.StartsWith("tag:", StringComparison.Ordinal) ? [tags.GetValueOrDefault(name[4..])] : name == "tag-key" ? tags.Keys : values(name);
        return has.Any(value => value is not null && wanted.Contains(value));
    });
}
