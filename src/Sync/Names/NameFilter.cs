namespace DnsGuard.Sync.Names;

/// <summary>The names that a group may have, for places that decide by names: whole names and subtrees allowed, and whole names and subtrees denied, where a denial wins.</summary>
/// <remarks>It never allows what the policy does not. What it cannot say is left out and told.</remarks>
internal sealed class NameFilter
{
    private readonly NameTrees _names;
    private readonly NameTrees _trees;
    private readonly NameTrees _deniedNames;
    private readonly NameTrees _deniedTrees;
    private readonly HashSet<string> _belowOnly;

    /// <summary>Made by <see cref="NameFilterBuilder"/>.</summary>
    /// <param name="names">Names allowed.</param>
    /// <param name="trees">Names allowed with everything below them.</param>
    /// <param name="deniedNames">Names denied.</param>
    /// <param name="deniedTrees">Names denied with everything below them.</param>
    /// <param name="belowOnly">Of the trees: those whose own name is denied.</param>
    /// <param name="leftOut">What it does not say though the policy does.</param>
    public NameFilter(NameTrees names, NameTrees trees, NameTrees deniedNames, NameTrees deniedTrees, HashSet<string> belowOnly, IReadOnlyList<string> leftOut)
    {
        (_names, _trees, _deniedNames, _deniedTrees, _belowOnly) = (names, trees, deniedNames, deniedTrees, belowOnly);
        LeftOut = leftOut;
    }

    /// <summary>Nothing is allowed.</summary>
    public static NameFilter Nothing { get; } = new([], [], [], [], [], []);

    /// <summary>What it does not say though the policy does, such as "2 rules with a wildcard inside a label".</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>Is a name allowed? In lower case.</summary>
    public bool Allows(string name) =>
        !_deniedNames.Contains(name) && !_deniedTrees.HasAtOrAbove(name) && (_names.Contains(name) || _trees.HasAtOrAbove(name));

    /// <summary>Names and trees to allow, none of which another tree holds already. Sorted.</summary>
    public IEnumerable<NameEntry> Allowed() => Reduced(_names, _trees, _deniedTrees);

    /// <summary>Names and trees to deny although they are inside of allowed trees. Sorted.</summary>
    public IEnumerable<NameEntry> Denied() =>
        _deniedNames.Where(name => !_deniedTrees.HasAtOrAbove(name)).Select(name => new NameEntry(name, NameReach.Name))
            .Concat(_deniedTrees.Where(tree => !_deniedTrees.HasAbove(tree)).Select(tree => new NameEntry(tree, NameReach.Tree))).Order();

    /// <summary>For places that cannot deny: trees without exceptions only, and names. Sorted.</summary>
    /// <param name="lost">How many subtrees were left out.</param>
    public IReadOnlyList<NameEntry> AllowedWithoutDenying(out int lost)
    {
        var broken = new HashSet<string>();
        foreach (var denied in _deniedNames.Where(name => !_belowOnly.Contains(name)).Concat(_deniedTrees))
            broken.UnionWith(_trees.AtOrAbove(denied));
        // The own name of a tree is outside of what "below" means; but inside of every tree above.
        foreach (var tree in _belowOnly.Where(_deniedNames.Contains))
            broken.UnionWith(_trees.AtOrAbove(tree).Where(above => above != tree));
        lost = broken.Count;
        var whole = new NameTrees(_trees.Where(tree => !broken.Contains(tree)));
        var names = new NameTrees(_names.Where(name => !_deniedNames.Contains(name) && !_deniedTrees.HasAtOrAbove(name)));
        return [.. Reduced(names, whole, []).Select(entry => entry.Reach is NameReach.Tree && _belowOnly.Contains(entry.Name) && _deniedNames.Contains(entry.Name) ? entry with { Reach = NameReach.Below } : entry)];
    }

    private static IEnumerable<NameEntry> Reduced(NameTrees names, NameTrees trees, NameTrees denied) =>
        names.Where(name => !trees.HasAtOrAbove(name) && !denied.HasAtOrAbove(name)).Select(name => new NameEntry(name, NameReach.Name))
            .Concat(trees.Where(tree => !trees.HasAbove(tree)).Select(tree => new NameEntry(tree, NameReach.Tree))).Order();
}

/// <summary>A name and how far it reaches.</summary>
/// <param name="Name">In lower case, without a final dot.</param>
/// <param name="Reach">How far.</param>
internal readonly record struct NameEntry(string Name, NameReach Reach) : IComparable<NameEntry>
{
    /// <inheritdoc/>
    public int CompareTo(NameEntry other) => string.CompareOrdinal(Name, other.Name) is var order && order != 0 ? order : Reach.CompareTo(other.Reach);
}

/// <summary>How far an entry reaches.</summary>
internal enum NameReach
{
    /// <summary>The name itself.</summary>
    Name,

    /// <summary>The name and everything below.</summary>
    Tree,

    /// <summary>Everything below the name.</summary>
    Below,
}
