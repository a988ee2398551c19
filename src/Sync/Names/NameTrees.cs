using System.Collections;

namespace DnsGuard.Sync.Names;

/// <summary>A set of names that can be asked for a name's ancestors.</summary>
internal sealed class NameTrees : IEnumerable<string>
{
    private readonly HashSet<string> _names;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <summary>An empty set.</summary>
    public NameTrees()
        : this([])
    {
    }

    /// <summary>A set of these.</summary>
    public NameTrees(IEnumerable<string> names)
    {
        _names = names.ToHashSet();
        _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Adds a name.</summary>
    public void Add(string name) => _names.Add(name);

    /// <summary>Takes a name out.</summary>
    public bool Remove(string name) => _names.Remove(name);

    /// <summary>Is it in the set?</summary>
    public bool Contains(string name) => _names.Contains(name);

    /// <summary>Is it, or a name above it, in the set?</summary>
    public bool HasAtOrAbove(ReadOnlySpan<char> name)
    {
        for (; !name.IsEmpty; name = Parent(name))
        {
            if (_lookup.Contains(name))
                return true;
        }

        return false;
    }

    /// <summary>Is a name above it in the set?</summary>
    public bool HasAbove(ReadOnlySpan<char> name) => HasAtOrAbove(Parent(name));

    /// <summary>Those that are the name or above it.</summary>
    public IEnumerable<string> AtOrAbove(string name)
    {
        for (var rest = name; rest.Length > 0; rest = Parent(rest).ToString())
        {
            if (_names.Contains(rest))
                yield return rest;
        }
    }

    /// <summary>The name without its first label; empty at the top.</summary>
    public static ReadOnlySpan<char> Parent(ReadOnlySpan<char> name) => name.IndexOf('.') is var dot && dot >= 0 ? name[(dot + 1)..] : default;

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => _names.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
