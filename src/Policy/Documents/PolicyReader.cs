using System.Buffers;
using System.Globalization;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Documents;

/// <summary>YAML or JSON → <see cref="PolicyDocument"/>, keeping positions and collecting every complaint about form.</summary>
/// <remarks>What single values mean is checked here; what they mean together is checked by <see cref="PolicyValidator"/>.</remarks>
public static class PolicyReader
{
    /// <summary>The longest name of a list, a group or a target: it becomes part of a set's name at the kernel.</summary>
    public const int MaxNameCharacters = 63;

    /// <summary>The longest free text of a rule, in characters.</summary>
    public const int MaxNoteCharacters = 1_000;

    private static readonly string[] MomentForms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Reads a whole policy. The result is meaningful only where no problem was added.</summary>
    public static PolicyDocument Read(string text, List<TextProblem> problems) =>
        PlainRules.Read(text, problems) is { } root ? ReadPolicy(root, problems) : PolicyDocument.Empty;

    /// <summary>Reads one rule.</summary>
    public static RuleDocument? ReadRule(TextNode node, List<TextProblem> problems)
    {
        if (AsMap(node, "a rule", problems) is not { } map)
            return null;
        var reader = new MapReader(map, problems);
        // The rest is read even where the pattern is not one: its problems are wanted too.
        var pattern = ReadPattern(reader, out var action);
        var types = ReadTypes(reader);
        var rule = new RuleDocument(ReadId(reader, action, pattern ?? NamePattern.Everything, types), action, pattern ?? NamePattern.Everything, Place.Of(map))
        {
            Types = types,
            Ports = ReadPorts(reader),
            Expires = ReadMoment(reader, "expires"),
            Owner = ReadNote(reader, "owner"),
            Comment = ReadNote(reader, "comment"),
            Ticket = ReadNote(reader, "ticket"),
            AllowsPrivate = ReadWord(reader, "private", "allow"),
            RequiresDnssec = ReadWord(reader, "dnssec", "require"),
            Hold = reader.Has("hold") ? reader.Duration("hold", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(4)) : null,
            Pin = reader.Has("pin") ? (int)reader.Number("pin", 2, 1, 16) : null,
            Via = ReadVia(reader, action),
            IsBroad = reader.Flag("broad"),
            ConfirmsEverything = ReadWord(reader, "confirm", "everything"),
            IsWarm = reader.Flag("warm"),
        };
        reader.RefuseTheRest();
        return pattern is null ? null : rule;
    }

    /// <summary>Reads one list; its name stands outside of it.</summary>
    public static ListDocument? ReadList(string name, TextNode node, List<TextProblem> problems)
    {
        if (AsMap(node, "a list", problems) is not { } map)
            return null;
        var reader = new MapReader(map, problems);
        var list = new ListDocument(name, ReadNote(reader, "comment"), ReadRules(reader, problems), Place.Of(map));
        reader.RefuseTheRest();
        return list;
    }

    /// <summary>Reads one group; its name stands outside of it.</summary>
    public static GroupDocument? ReadGroup(string name, TextNode node, List<TextProblem> problems)
    {
        if (AsMap(node, "a group", problems) is not { } map)
            return null;
        var reader = new MapReader(map, problems);
        var places = new Dictionary<(string Key, int Index), Place>();
        var group = new GroupDocument(name, Place.Of(map))
        {
            Comment = ReadNote(reader, "comment"),
            Clients = ReadClients(reader, places),
            Mode = reader.Choice("mode", GroupMode.Enforce),
            Lists = ReadNames(reader, "lists", places),
            Rules = ReadRules(reader, problems),
            BlockResponse = reader.Choice("blockResponse", BlockResponse.Nxdomain),
            Aliases = reader.Choice("aliases", AliasPolicy.Trust),
            Families = reader.Choice("families", AddressFamilies.Both),
            Ech = reader.Choice("ech", EchPolicy.Strip),
            Tunnels = reader.Choice("tunnels", TunnelPolicy.Alert),
            QueryLog = reader.Choice("queryLog", LogPrivacy.Full),
            Grace = ReadGrace(reader),
            Targets = reader.Has("targets") ? ReadNames(reader, "targets", places) : null,
            Places = places,
        };
        reader.RefuseTheRest();
        return group;
    }

    /// <summary>Is this a name that a list, a group or a target may have? Lower-case letters, digits and hyphens, a letter first.</summary>
    public static bool IsName(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxNameCharacters && char.IsAsciiLetterLower(name[0]) && !name.ContainsAnyExcept(NameLetters);

    private static PolicyDocument ReadPolicy(TextNode root, List<TextProblem> problems)
    {
        if (AsMap(root, "a policy", problems) is not { } map)
            return PolicyDocument.Empty;
        var reader = new MapReader(map, problems);
        Expect(reader, "apiVersion", PolicyDocument.ApiVersion);
        Expect(reader, "kind", PolicyDocument.Kind);
        // An unreadable list is still known by its name: the groups that use it are not to blame.
        var lists = ReadNamed(reader, "lists", problems, (name, node, all) => ReadList(name, node, all) ?? new ListDocument(name, null, [], Place.Of(node)));
        var groups = ReadNamed(reader, "groups", problems, ReadGroup);
        reader.RefuseTheRest();
        return new PolicyDocument(lists, groups);
    }

    private static void Expect(MapReader reader, string key, string value)
    {
        if (!reader.Has(key))
            reader.Complain(reader.Map, "missing-key", $"'{key}' is missing", $"Begin with {key}: {value}");
        else if (reader.Scalar(key) is { } scalar && scalar.Value != value)
            reader.Complain(scalar, "bad-value", $"'{key}' is '{scalar.Value}'", $"Write {key}: {value}");
    }

    private static List<T> ReadNamed<T>(MapReader reader, string key, List<TextProblem> problems, Func<string, TextNode, List<TextProblem>, T?> read)
        where T : class
    {
        var result = new List<T>();
        if (reader.MapAt(key) is not { } map)
            return result;
        // The reader of the mapping itself complains about names that stand twice.
        _ = new MapReader(map, problems);
        foreach (var (name, value) in map.Entries)
        {
            if (!IsName(name.Value))
                reader.Complain(name, "bad-name", $"'{name.Value}' is not a name for one of the {key}", $"Use lower-case letters, digits and hyphens, a letter first, at most {MaxNameCharacters.ToString(CultureInfo.InvariantCulture)} in all");
            if (read(name.Value, value, problems) is { } item)
                result.Add(item);
        }

        return result;
    }

    private static RuleList ReadRules(MapReader reader, List<TextProblem> problems)
    {
        if (reader.Find("rules") is TextRules plain)
            return plain.Rules;
        var rules = new RuleListBuilder();
        // Something stands for a rule that cannot be read, so that those behind it are told by their own places.
        foreach (var (index, node) in reader.List("rules").Index())
            rules.Add(ReadRule(node, problems) ?? new RuleDocument(string.Create(CultureInfo.InvariantCulture, $"?{index}"), RuleAction.Deny, NamePattern.Everything, Place.Of(node)));

        return rules.Build();
    }

    private static NamePattern? ReadPattern(MapReader reader, out RuleAction action)
    {
        var (allows, denies) = (reader.Has("allow"), reader.Has("deny"));
        action = allows ? RuleAction.Allow : RuleAction.Deny;
        if (allows == denies)
        {
            reader.Complain(reader.Map, "bad-rule", allows ? "the rule both allows and denies" : "the rule neither allows nor denies a pattern", "Write either allow: or deny:, followed by a pattern");
            return null;
        }

        if (reader.Scalar(allows ? "allow" : "deny") is not { } written)
            return null;
        if (NamePattern.TryParse(written.Value, out var pattern, out var problem))
            return pattern;
        reader.Complain(written, "bad-pattern", $"'{written.Value}' is not a pattern: {problem}", "Write a name such as api.example.com, *.example.com, .example.com or cdn-*.example.com");
        return null;
    }

    private static string ReadId(MapReader reader, RuleAction action, NamePattern pattern, IReadOnlyList<RecordType>? types)
    {
        if (reader.Scalar("id") is { } id)
        {
            if (!IsName(id.Value))
                reader.Complain(id, "bad-name", $"'{id.Value}' is not a rule's id", "Use lower-case letters, digits and hyphens, a letter first, or leave it out");
            // What is no id is told once, and is not to be told as a duplicate of another that is none.
            return RuleCodec.CanHold(id.Value) ? id.Value : string.Create(CultureInfo.InvariantCulture, $"?{RuleId.Derive(action, id.Value, []):x16}");
        }

        // A rule that names no id gets one from what it says, so that the same file always yields the same ids.
        return string.Create(CultureInfo.InvariantCulture, $"{RuleCodec.DerivedIdPrefix}{RuleId.Derive(action, pattern.Text, types ?? []):x16}");
    }

    /// <summary>Reads <c>ports</c>.</summary>
    public static PortSet ReadPorts(MapReader reader)
    {
        if (!reader.Has("ports"))
            return PortSet.Default;
        var ranges = new List<PortRange>();
        foreach (var scalar in ReadWords(reader, "ports", "bad-ports", "Name one, or leave 'ports' out for tcp/443 and tcp/80"))
        {
            if (PortRange.TryParse(scalar.Value, out var range))
                ranges.Add(range);
            else
                reader.Complain(scalar, "bad-ports", $"'{scalar.Value}' is not a port", "Write tcp/443, udp/443, tcp/8000-8080 or any");
        }

        return PortSet.From(ranges);
    }

    private static List<RecordType>? ReadTypes(MapReader reader)
    {
        if (!reader.Has("types"))
            return null;
        var types = new List<RecordType>();
        foreach (var scalar in ReadWords(reader, "types", "bad-type", "Name one, or leave 'types' out for the usual ones"))
        {
            if (RecordTypeText.TryRead(scalar.Value, out var type) && type is not (RecordType.OPT or RecordType.ANY or RecordType.AXFR or RecordType.IXFR or RecordType.TSIG))
                types.Add(type);
            else
                reader.Complain(scalar, "bad-type", $"'{scalar.Value}' is not a type that can be asked for", "Write types such as A, AAAA, TXT or TYPE65280");
        }

        return [.. types.Distinct()];
    }

    private static List<AddressRange> ReadClients(MapReader reader, Dictionary<(string Key, int Index), Place> places)
    {
        var clients = new List<AddressRange>();
        foreach (var scalar in reader.Scalars("clients"))
        {
            places[("clients", clients.Count)] = Place.Of(scalar);
            if (AddressRange.TryParse(scalar.Value, out var range, out var problem))
                clients.Add(range);
            else
                reader.Complain(scalar, "bad-cidr", problem, "Write a block such as 10.0.3.0/24 or 2001:db8::/64");
        }

        return clients;
    }

    private static List<string> ReadNames(MapReader reader, string key, Dictionary<(string Key, int Index), Place> places)
    {
        var scalars = reader.Scalars(key);
        foreach (var (index, scalar) in scalars.Index())
            places[(key, index)] = Place.Of(scalar);
        return [.. scalars.Select(scalar => scalar.Value)];
    }

    private static GrantGrace ReadGrace(MapReader reader)
    {
        if (reader.Scalar("grace") is not { } scalar)
            return GrantGrace.Default;
        if (!GrantGrace.TryParse(scalar.Value, out var grace))
            reader.Complain(scalar, "bad-value", $"'grace' is '{scalar.Value}'", "Write default, jvm, node, dotnet or a duration of at most a day, such as 90s");
        return grace;
    }

    private static DateTimeOffset? ReadMoment(MapReader reader, string key)
    {
        if (reader.Scalar(key) is not { } scalar)
            return null;
        // RFC 3339, seconds optional. A date alone, or a time without its zone, would leave open whose midnight is meant.
        if (scalar.Value is [.., 'Z'] or [.., '+' or '-', _, _, ':', _, _]
            && DateTimeOffset.TryParseExact(scalar.Value, MomentForms, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var moment))
        {
            return moment;
        }

        reader.Complain(scalar, "bad-value", $"'{key}' is '{scalar.Value}'", "Write a moment such as 2027-01-31T18:00:00Z");
        return null;
    }

    private static string? ReadNote(MapReader reader, string key)
    {
        var scalar = reader.Scalar(key);
        if (scalar is { Value.Length: > MaxNoteCharacters })
            reader.Complain(scalar, "out-of-range", $"'{key}' is too long", string.Create(CultureInfo.InvariantCulture, $"Use at most {MaxNoteCharacters} characters"));
        return scalar?.Value;
    }

    private static string? ReadVia(MapReader reader, RuleAction action)
    {
        if (reader.Scalar("via") is not { } scalar)
            return null;
        var name = scalar.Value.Replace("{region}", "region", StringComparison.Ordinal);
        if (!name.StartsWith("com.amazonaws.", StringComparison.Ordinal) || name.Length > 100 || !name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '.' or '-'))
            reader.Complain(scalar, "bad-via", $"'via' is '{scalar.Value}'", "Name a managed list of AWS, such as com.amazonaws.{region}.s3");
        else if (action is RuleAction.Deny)
            reader.Complain(scalar, "bad-via", "a deny opens nothing, via a list or otherwise", "Leave 'via' out");
        return scalar.Value;
    }

    private static bool ReadWord(MapReader reader, string key, string word)
    {
        if (reader.Scalar(key) is not { } scalar)
            return false;
        if (scalar.Value != word)
            reader.Complain(scalar, "bad-value", $"'{key}' is '{scalar.Value}'", $"Write {key}: {word}, or leave it out");
        return true;
    }

    // ports: tcp/443, udp/443 reads as one YAML value; people write it so, and it can mean nothing else.
    private static List<TextScalar> ReadWords(MapReader reader, string key, string code, string cure)
    {
        var scalars = reader.Scalars(key);
        var words = scalars.SelectMany(scalar => scalar.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => scalar with { Value = part })).ToList();
        // A rule that covers nothing would stand there and never match: a deny that does not deny.
        if (words.Count == 0 && reader.Find(key) is { } node && (node is TextList { Items.Count: 0 } || scalars.Count > 0))
            reader.Complain(node, code, $"'{key}' is empty", cure);
        return words;
    }

    private static TextMap? AsMap(TextNode node, string what, List<TextProblem> problems)
    {
        if (node is TextMap map)
            return map;
        if (node is TextScalar { IsNull: true })
            return new TextMap([], node.Pointer, node.Line, node.Column);
        problems.Add(new TextProblem(node.Pointer, node.Line, node.Column, "wrong-type", $"{what} is {node.Kind} here", $"Write {what} as a mapping of keys to values"));
        return null;
    }
}
