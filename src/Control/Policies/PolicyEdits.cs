using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;

namespace DnsGuard.Control.Policies;

/// <summary>Piecewise edits: a document and a request → the next document. Null means that what the request names does not exist.</summary>
internal static class PolicyEdits
{
    /// <summary>The key under which requests carry the name of what they make.</summary>
    private const string NameKey = "name";

    /// <summary>Makes a list or group; one with the name must not exist.</summary>
    public static PolicyDocument? Create(PolicyDocument document, bool isGroup, TextNode body, List<TextProblem> problems)
    {
        var (name, rest) = TakeName(body, problems);
        if (name is null)
            return null;
        var exists = isGroup ? document.Groups.Any(group => group.Name == name) : document.Lists.Any(list => list.Name == name);
        if (exists)
            problems.Add(new TextProblem("/name", body.Line, body.Column, "exists", $"'{name}' exists already", "Change it with PUT or PATCH, or take another name"));
        return Put(document, isGroup, name, rest, problems);
    }

    /// <summary>Writes a whole list or group, new or not.</summary>
    public static PolicyDocument? Put(PolicyDocument document, bool isGroup, string name, TextNode body, List<TextProblem> problems)
    {
        if (!PolicyReader.IsName(name))
            problems.Add(new TextProblem("/name", body.Line, body.Column, "bad-name", $"'{name}' is not a name", "Use lower-case letters, digits and hyphens, a letter first"));
        if (body is TextMap map && map.Find(NameKey) is TextScalar { IsNull: false } other && other.Value != name)
            problems.Add(new TextProblem("/name", other.Line, other.Column, "renamed", $"'name' is '{other.Value}', but this is '{name}'", "Leave it out; to rename, make a new one and delete this one"));
        var rest = WithoutName(body);
        if (isGroup)
            return PolicyReader.ReadGroup(name, rest, problems) is { } group ? document with { Groups = Replace(document.Groups, group, other => other.Name == name) } : null;
        return PolicyReader.ReadList(name, rest, problems) is { } list ? document with { Lists = Replace(document.Lists, list, other => other.Name == name) } : null;
    }

    /// <summary>Changes only the keys that the body has (RFC 7396, one level deep).</summary>
    public static PolicyDocument? Patch(PolicyDocument document, bool isGroup, string name, TextNode body, List<TextProblem> problems)
    {
        if (SettingsOf(document, isGroup, name) is not { } settings || Put(document, isGroup, name, Merge(settings, body), problems) is not { } patched)
            return null;
        var hasRules = body is TextMap map && map.Find("rules") is not null;
        return hasRules ? patched : WithRules(patched, isGroup, name, _ => RulesOf(document, isGroup, name));
    }

    /// <summary>Removes a list or group.</summary>
    public static PolicyDocument? Delete(PolicyDocument document, bool isGroup, string name)
    {
        if (RulesOf(document, isGroup, name) is null)
            return null;
        return isGroup
            ? document with { Groups = [.. document.Groups.Where(group => group.Name != name)] }
            : document with { Lists = [.. document.Lists.Where(list => list.Name != name)] };
    }

    /// <summary>The rules of a list or group, or null.</summary>
    public static RuleList? RulesOf(PolicyDocument document, bool isGroup, string name) => isGroup
        ? document.Groups.FirstOrDefault(group => group.Name == name)?.Rules
        : document.Lists.FirstOrDefault(list => list.Name == name)?.Rules;

    /// <summary>One rule of a list or group, or null.</summary>
    public static RuleDocument? RuleOf(PolicyDocument document, bool isGroup, string name, string id) =>
        RulesOf(document, isGroup, name) is { } rules && rules.IndexOf(id) is >= 0 and var place ? rules[place] : null;

    /// <summary>Replaces the rules of a list or group.</summary>
    public static PolicyDocument? WithRules(PolicyDocument document, bool isGroup, string name, Func<RuleList, RuleList?> change)
    {
        if (RulesOf(document, isGroup, name) is not { } rules || change(rules) is not { } changed)
            return null;
        return isGroup
            ? document with { Groups = [.. document.Groups.Select(group => group.Name == name ? group with { Rules = changed } : group)] }
            : document with { Lists = [.. document.Lists.Select(list => list.Name == name ? list with { Rules = changed } : list)] };
    }

    /// <summary>Adds a rule at the end.</summary>
    public static PolicyDocument? AddRule(PolicyDocument document, bool isGroup, string name, TextNode body, List<TextProblem> problems)
    {
        var rule = PolicyReader.ReadRule(body, problems);
        return WithRules(document, isGroup, name, rules => rule is null ? rules : rules.With([rule]));
    }

    /// <summary>Replaces one rule, keeping its id.</summary>
    public static PolicyDocument? PutRule(PolicyDocument document, bool isGroup, string name, string id, TextNode body, List<TextProblem> problems)
    {
        var rule = PolicyReader.ReadRule(body, problems);
        if (body is TextMap map && map.Find("id") is TextScalar { IsNull: false } other && other.Value != id)
            problems.Add(new TextProblem("/id", other.Line, other.Column, "renamed", $"'id' is '{other.Value}', but this is '{id}'", "Leave it out; to rename, add a new rule and remove this one"));
        return WithRules(document, isGroup, name, rules => rules.IndexOf(id) is >= 0 and var place ? rule is null ? rules : rules.With(place, rule with { Id = id }) : null);
    }

    /// <summary>Changes only the keys of a rule that the body has.</summary>
    public static PolicyDocument? PatchRule(PolicyDocument document, bool isGroup, string name, string id, TextNode body, List<TextProblem> problems) =>
        RuleOf(document, isGroup, name, id) is { } rule && Written(PolicyWriter.WriteRule(rule)) is { } node
            ? PutRule(document, isGroup, name, id, Merge(node, body), problems)
            : null;

    /// <summary>Removes one rule.</summary>
    public static PolicyDocument? DeleteRule(PolicyDocument document, bool isGroup, string name, string id) =>
        WithRules(document, isGroup, name, rules => rules.IndexOf(id) is >= 0 and var place ? rules.Without(place) : null);

    /// <summary>Adds and removes many rules at once: <c>{"add": […], "remove": ["id", …]}</c>. All of it or nothing.</summary>
    public static PolicyDocument? Batch(PolicyDocument document, bool isGroup, string name, TextNode body, List<TextProblem> problems)
    {
        const int most = 1_000;
        if (body is not TextMap map)
        {
            problems.Add(new TextProblem("", body.Line, body.Column, "wrong-type", $"the body is {body.Kind}", "Send a mapping with 'add' and 'remove'"));
            return document;
        }

        var reader = new MapReader(map, problems);
        var adding = reader.List("add");
        var removing = reader.Scalars("remove");
        reader.RefuseTheRest();
        if (adding.Count + removing.Count > most)
            reader.Complain(map, "too-many", "the batch is too large", "Send at most 1000 changes at once");
        var rules = adding.Select(node => PolicyReader.ReadRule(node, problems)).OfType<RuleDocument>().ToList();
        return WithRules(document, isGroup, name, known =>
        {
            foreach (var id in removing)
            {
                // Named twice it is gone the second time, which is as it should be.
                if (known.IndexOf(id.Value) is >= 0 and var place)
                    known = known.Without(place);
                else if (removing.Count(other => other.Value == id.Value) == 1)
                    reader.Complain(id, "unknown-rule", $"there is no rule '{id.Value}'", "List the rules to see their ids");
            }

            return known.With(rules);
        });
    }

    private static List<T> Replace<T>(IReadOnlyList<T> items, T item, Predicate<T> isSame)
    {
        var changed = items.ToList();
        var at = changed.FindIndex(isSame);
        if (at < 0)
            changed.Add(item);
        else
            changed[at] = item;
        return changed;
    }

    // A list or group as it is written, without its rules: they are as they were wherever this is used, or are replaced.
    private static TextNode? SettingsOf(PolicyDocument document, bool isGroup, string name)
    {
        var alone = isGroup
            ? new PolicyDocument([], [.. document.Groups.Where(group => group.Name == name).Select(group => group with { Rules = RuleList.Empty })])
            : new PolicyDocument([.. document.Lists.Where(list => list.Name == name).Select(list => list with { Rules = RuleList.Empty })], []);
        return Written(PolicyWriter.Write(alone)) is TextMap root && root.Find(isGroup ? "groups" : "lists") is TextMap map ? map.Find(name) : null;
    }

    private static TextNode? Written(string text) => TextTree.Read(text, []);

    private static TextNode Merge(TextNode node, TextNode patch)
    {
        if (node is not TextMap map || patch is not TextMap changes)
            return patch;
        var kept = map.Entries.Where(entry => changes.Find(entry.Key.Value) is null);
        // allow and deny exclude each other: setting one replaces the other.
        if (changes.Find("allow") is not null || changes.Find("deny") is not null)
            kept = kept.Where(entry => entry.Key.Value is not ("allow" or "deny"));
        return changes with { Entries = [.. kept, .. changes.Entries] };
    }

    private static (string? Name, TextNode Others) TakeName(TextNode body, List<TextProblem> problems)
    {
        if (body is TextMap map && map.Find(NameKey) is TextScalar { Value.Length: > 0 } name)
            return (name.Value, body);
        problems.Add(new TextProblem("/name", body.Line, body.Column, "missing-key", "'name' is missing", "Say what it shall be called"));
        return (null, body);
    }

    private static TextNode WithoutName(TextNode body) =>
        body is TextMap map ? map with { Entries = [.. map.Entries.Where(entry => entry.Key.Value != NameKey)] } : body;
}
