using System.Globalization;

namespace DnsGuard.Ec2.Calls;

/// <summary>The parameters of a call in the form that EC2's query protocol wants: flat keys, list members numbered from 1, structures by dots.</summary>
public sealed class QueryForm
{
    private readonly List<KeyValuePair<string, string>> _fields = [];
    private readonly string _prefix = "";

    /// <summary>Starts empty.</summary>
    public QueryForm()
    {
    }

    private QueryForm(List<KeyValuePair<string, string>> fields, string prefix) => (_fields, _prefix) = (fields, prefix);

    /// <summary>Keys and values in the order they were set.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields => _fields;

    /// <summary>A text; null is left out.</summary>
    public QueryForm Set(string key, string? value)
    {
        if (value is not null)
            _fields.Add(new KeyValuePair<string, string>(_prefix + key, value));
        return this;
    }

    /// <summary>A number; null is left out.</summary>
    public QueryForm Set(string key, long? value) => Set(key, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>A flag; null is left out.</summary>
    public QueryForm Set(string key, bool? value) => Set(key, value switch { null => null, true => "true", false => "false" });

    /// <summary>A list of texts.</summary>
    public QueryForm List(string key, IEnumerable<string> values) => List(key, values, static (member, value) => member.SetSelf(value));

    /// <summary>A list of structures, each written by <paramref name="write"/>.</summary>
    public QueryForm List<T>(string key, IEnumerable<T> values, Action<QueryForm, T> write)
    {
        var number = 0;
        foreach (var value in values)
            write(new QueryForm(_fields, string.Create(CultureInfo.InvariantCulture, $"{_prefix}{key}.{++number}.")), value);
        return this;
    }

    /// <summary>A structure.</summary>
    public QueryForm Struct(string key, Action<QueryForm> write)
    {
        write(new QueryForm(_fields, $"{_prefix}{key}."));
        return this;
    }

    /// <summary>Filters, as all Describe calls take them; those without values are left out.</summary>
    public QueryForm Filters(params IEnumerable<(string Name, IEnumerable<string> Values)> filters) => List("Filter", filters, static (member, filter) =>
        member.Set("Name", filter.Name).List("Value", filter.Values));

    private void SetSelf(string value) => _fields.Add(new KeyValuePair<string, string>(_prefix[..^1], value));
}
