using System.CommandLine;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Completion;

namespace DnsGuard.Cli.Policies;

/// <summary>What a group or list says beside its rules.</summary>
internal sealed class GroupSettings
{
    private readonly Option<string?> _comment = new("--comment") { Description = "A note", HelpName = "TEXT" };
    private readonly List<(Option<string[]> Whole, Option<string[]>? More, Option<string[]>? Less, string Key)> _sets = [];
    private readonly List<(Option<string?> Option, string Key)> _choices = [];

    public GroupSettings(bool isGroup, bool isNew, KnownNames names)
    {
        if (!isGroup)
            return;
        AddSet("clients", "Where its clients are: 10.0.3.0/24, 10.0.4.7", "CIDR…", isNew);
        AddSet("lists", "Shared lists that it uses", "NAME…", isNew, names.Lists);
        AddSet("targets", "Where its grants go; everywhere where nothing is said", "NAME…", isNew, names.Targets);
        AddChoice("mode", "--mode", "Whether blocked names are blocked, or answered and noted", "enforce", "audit");
        AddChoice("blockResponse", "--block-response", "What blocked names get", "nxdomain", "nodata", "refused", "sinkhole");
        AddChoice("aliases", "--aliases", "Whether the names of an alias chain must be allowed too", "trust", "inspect");
        AddChoice("families", "--families", "Which addresses it gets", "both", "ipv4", "ipv6");
        AddChoice("ech", "--ech", "What becomes of encrypted client hello keys", "strip", "allow");
        AddChoice("tunnels", "--tunnels", "What becomes of names that look like a tunnel", "alert", "block", "off");
        AddText("grace", "--grace", "How long a grant outlives its TTL: default, jvm, node, dotnet or 10m", "DURATION", "default", "jvm", "node", "dotnet");
    }

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_comment);
        foreach (var (whole, more, less, _) in _sets)
        {
            foreach (var option in new[] { whole, more, less }.OfType<Option>())
                command.Options.Add(option);
        }

        foreach (var (option, _) in _choices)
            command.Options.Add(option);
    }

    /// <summary>What was given, as a change of what is there.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="present">The group or list as it is; null where there is none yet.</param>
    public JsonObject Read(ParseResult arguments, JsonNode? present)
    {
        var change = new JsonObject();
        if (arguments.GetValue(_comment) is { } comment)
            change["comment"] = comment;
        foreach (var (option, key) in _choices)
        {
            if (arguments.GetValue(option) is { } value)
                change[key] = value;
        }

        foreach (var (whole, more, less, key) in _sets)
        {
            if (Next(arguments, whole, more, less, present?[key]) is { } next)
                change[key] = new JsonArray([.. next.Select(value => (JsonNode)value)]);
        }

        return change;
    }

    private static IEnumerable<string>? Next(ParseResult arguments, Option<string[]> whole, Option<string[]>? more, Option<string[]>? less, JsonNode? present)
    {
        var isWhole = arguments.GetResult(whole) is { Implicit: false };
        var added = more is null ? [] : arguments.GetValue(more) ?? [];
        var removed = less is null ? [] : arguments.GetValue(less) ?? [];
        if (!isWhole && added.Length + removed.Length == 0)
            return null;
        var start = isWhole ? arguments.GetValue(whole) ?? [] : (present as JsonArray ?? []).Select(value => (string)value!);
        return start.Concat(added).Except(removed, StringComparer.Ordinal);
    }

    private void AddSet(string key, string description, string helpName, bool isNew, Func<System.CommandLine.Completions.CompletionContext, IEnumerable<string>>? known = null)
    {
        var whole = Set($"--{key}", description, helpName, known);
        _sets.Add(isNew ? (whole, null, null, key) : (whole, Set($"--add-{key}", "Add to them", helpName, known), Set($"--rm-{key}", "Remove from them", helpName, known), key));
    }

    private static Option<string[]> Set(string name, string description, string helpName, Func<System.CommandLine.Completions.CompletionContext, IEnumerable<string>>? known)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = helpName, AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.ZeroOrMore };
        if (known is not null)
            option.CompletionSources.Add(known);
        return option;
    }

    private void AddChoice(string key, string name, string description, params string[] values)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', values) };
        option.AcceptOnlyFromAmong(values);
        _choices.Add((option, key));
    }

    private void AddText(string key, string name, string description, string helpName, params string[] usual)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = helpName };
        option.CompletionSources.Add(usual);
        _choices.Add((option, key));
    }
}
