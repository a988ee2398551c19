using System.Globalization;

namespace DnsGuard.Policy.Text;

/// <summary>Takes a mapping apart key by key, and collects every complaint instead of stopping at the first.</summary>
/// <remarks>Ask for every key there is, then call <see cref="RefuseTheRest"/>: what nobody asked for is unknown.</remarks>
public sealed class MapReader
{
    private readonly TextMap _map;
    private readonly List<TextProblem> _problems;
    private readonly HashSet<string> _known = [];

    /// <summary>Starts on a mapping; a key that stands twice is a problem at once.</summary>
    public MapReader(TextMap map, List<TextProblem> problems)
    {
        _map = map;
        _problems = problems;
        foreach (var repeated in map.Entries.GroupBy(entry => entry.Key.Value, StringComparer.Ordinal).SelectMany(same => same.Skip(1)))
            Complain(repeated.Key, "duplicate-key", $"'{repeated.Key.Value}' stands twice", "Keep one of the two");
    }

    /// <summary>Where the mapping stands.</summary>
    public TextMap Map => _map;

    /// <summary>Does the key have a value?</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Notes a problem at a piece.</summary>
    public void Complain(TextNode at, string code, string detail, string cure) =>
        _problems.Add(new TextProblem(at.Pointer, at.Line, at.Column, code, detail, cure));

    /// <summary>The piece under a key, whatever it is; null where it is absent or null.</summary>
    public TextNode? Find(string key)
    {
        _known.Add(key);
        return _map.Find(key) is { } node and not TextScalar { IsNull: true } ? node : null;
    }

    /// <summary>Text, or null where absent.</summary>
    public string? Text(string key) => Scalar(key)?.Value;

    /// <summary>A single value, or null where absent or something else.</summary>
    public TextScalar? Scalar(string key)
    {
        var node = Find(key);
        if (node is null or TextScalar)
            return node as TextScalar;
        Complain(node, "wrong-type", $"'{key}' is {node.Kind}", "Give it a single value");
        return null;
    }

    /// <summary>true or false.</summary>
    public bool Flag(string key, bool absent = false)
    {
        if (Scalar(key) is not { } scalar)
            return absent;
        if (scalar.Value is "true" or "false")
            return scalar.Value == "true";
        Complain(scalar, "wrong-type", $"'{key}' is '{scalar.Value}'", "Write true or false");
        return absent;
    }

    /// <summary>A whole number within a range.</summary>
    public long Number(string key, long absent, long min, long max)
    {
        if (Scalar(key) is not { } scalar)
            return absent;
        if (!long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            Complain(scalar, "wrong-type", $"'{key}' is '{scalar.Value}'", "Write a whole number");
        else if (number < min || number > max)
            Complain(scalar, "out-of-range", string.Create(CultureInfo.InvariantCulture, $"'{key}' is {number}"), string.Create(CultureInfo.InvariantCulture, $"Write a number from {min} to {max}"));
        else
            return number;
        return absent;
    }

    /// <summary>A duration within a range.</summary>
    public TimeSpan Duration(string key, TimeSpan absent, TimeSpan min, TimeSpan max)
    {
        if (Scalar(key) is not { } scalar)
            return absent;
        if (!DurationText.TryRead(scalar.Value, out var duration))
            Complain(scalar, "wrong-type", $"'{key}' is '{scalar.Value}'", "Write a number and a unit: ms, s, m, h or d, such as 90s");
        else if (duration < min || duration > max)
            Complain(scalar, "out-of-range", $"'{key}' is {DurationText.Write(duration)}", $"Write a duration from {DurationText.Write(min)} to {DurationText.Write(max)}");
        else
            return duration;
        return absent;
    }

    /// <summary>An amount of memory or disk within a range.</summary>
    public long Bytes(string key, long absent, long min, long max)
    {
        if (Scalar(key) is not { } scalar)
            return absent;
        if (!ByteText.TryRead(scalar.Value, out var octets))
            Complain(scalar, "wrong-type", $"'{key}' is '{scalar.Value}'", "Write a number and a unit: B, KiB, MiB or GiB, such as 64MiB");
        else if (octets < min || octets > max)
            Complain(scalar, "out-of-range", $"'{key}' is {ByteText.Write(octets)}", $"Write an amount from {ByteText.Write(min)} to {ByteText.Write(max)}");
        else
            return octets;
        return absent;
    }

    /// <summary>One of an enumeration's names, in camel case.</summary>
    public T Choice<T>(string key, T absent)
        where T : struct, Enum => Choice(key, absent, ChoiceText.Write);

    /// <summary>One of an enumeration's names, with hyphens.</summary>
    public T Kebab<T>(string key, T absent)
        where T : struct, Enum => Choice(key, absent, ChoiceText.WriteKebab);

    private T Choice<T>(string key, T absent, Func<T, string> write)
        where T : struct, Enum
    {
        if (Scalar(key) is not { } scalar)
            return absent;
        foreach (var value in Enum.GetValues<T>())
        {
            if (write(value) == scalar.Value)
                return value;
        }

        Complain(scalar, "bad-value", $"'{key}' is '{scalar.Value}'", $"Write one of {string.Join(", ", Enum.GetValues<T>().Select(write))}");
        return absent;
    }

    /// <summary>A list of single values; a lone value counts as a list of one.</summary>
    public IReadOnlyList<TextScalar> Scalars(string key)
    {
        var node = Find(key);
        if (node is null)
            return [];
        if (node is TextScalar lone)
            return [lone];
        if (node is not TextList list)
        {
            Complain(node, "wrong-type", $"'{key}' is {node.Kind}", "Give it a list");
            return [];
        }

        foreach (var wrong in list.Items.Where(item => item is not TextScalar || item is TextScalar { IsNull: true }))
            Complain(wrong, "wrong-type", $"'{key}' holds {wrong.Kind}", "List single values");
        return [.. list.Items.OfType<TextScalar>().Where(item => !item.IsNull)];
    }

    /// <summary>A list of anything.</summary>
    public IReadOnlyList<TextNode> List(string key)
    {
        var node = Find(key);
        if (node is null)
            return [];
        if (node is TextList list)
            return list.Items;
        Complain(node, "wrong-type", $"'{key}' is {node.Kind}", "Give it a list");
        return [];
    }

    /// <summary>A mapping under a key.</summary>
    public TextMap? MapAt(string key)
    {
        var node = Find(key);
        if (node is null or TextMap)
            return node as TextMap;
        Complain(node, "wrong-type", $"'{key}' is {node.Kind}", "Give it a mapping of names to values");
        return null;
    }

    /// <summary>Complains about every key that nobody asked for.</summary>
    public void RefuseTheRest()
    {
        foreach (var (key, _) in _map.Entries)
        {
            if (!_known.Contains(key.Value))
                _problems.Add(new TextProblem(_map.Child(key.Value), key.Line, key.Column, "unknown-key", $"'{key.Value}' is not known here", $"Use one of {string.Join(", ", _known.Order(StringComparer.Ordinal))}"));
        }
    }
}
