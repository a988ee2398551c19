using DnsGuard.Policy.Text;
using DnsGuard.Sync.Programs;

namespace DnsGuard.Host;

/// <summary>The keys of targets that run programs of the operator's.</summary>
internal static class ProgramOptionsReader
{
    /// <summary>Reads the keys of the kind <c>command</c>.</summary>
    public static CommandTargetOptions ReadCommand(MapReader reader)
    {
        var defaults = new CommandTargetOptions(Command(reader, "command", isNeeded: true));
        return defaults with
        {
            Deadline = reader.Duration("deadline", defaults.Deadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2)),
            Batch = (int)reader.Number("batch", defaults.Batch, 1, 1_000),
            MaxEntries = (int)reader.Number("maxEntries", defaults.MaxEntries, 1, 10_000_000),
            Environment = ReadEnvironment(reader),
        };
    }

    /// <summary>A program and its arguments.</summary>
    public static IReadOnlyList<string> Command(MapReader reader, string key, bool isNeeded)
    {
        var parts = reader.Scalars(key);
        if (reader.Find(key) is TextScalar { Value: var line } lone && line.Contains(' ', StringComparison.Ordinal))
            reader.Complain(lone, "bad-command", $"'{key}' is one text, and no shell takes it apart", "Write a list: the program, then each argument by itself");
        else if (parts.FirstOrDefault(part => part.Value.Length == 0 || part.Value.Contains('\0', StringComparison.Ordinal)) is { } empty)
            reader.Complain(empty, "bad-command", $"'{key}' has an empty part", "Write a list: the program, then each argument by itself");
        else if (isNeeded && reader.Find(key) is null or TextList { Items.Count: 0 })
            reader.Complain(reader.Find(key) ?? reader.Map, "missing-key", $"the target has no '{key}'", $"Write {key}: [/path/of/program, argument]");
        return [.. parts.Select(part => part.Value)];
    }

    private static List<string> ReadEnvironment(MapReader reader)
    {
        var names = new List<string>();
        foreach (var name in reader.Scalars("environment"))
        {
            if (name.Value.Length == 0 || !name.Value.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'))
                reader.Complain(name, "bad-name", $"'{name.Value}' is not the name of a variable", "List names such as HTTPS_PROXY; their values are ours");
            names.Add(name.Value);
        }

        return names;
    }
}
