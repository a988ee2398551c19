namespace DnsGuard.Policy.Exchange;

/// <summary>What <c>http_access</c> does with an acl.</summary>
internal enum SquidUse
{
    /// <summary>No line names it.</summary>
    Unknown,

    /// <summary>It is allowed.</summary>
    Allowed,

    /// <summary>It is denied.</summary>
    Denied,

    /// <summary>Now this, now that.</summary>
    Both,
}

/// <summary>Which acls <c>http_access</c> lines allow, and which they deny; <c>deny !name</c> allows.</summary>
internal sealed class SquidAccess
{
    // More than any proxy has; a hostile file may have more.
    private const int MostAcls = 10_000;

    private readonly Dictionary<string, SquidUse> _uses = new(StringComparer.Ordinal);

    /// <summary>Looks at a line.</summary>
    public void Note(ReadOnlySpan<char> line)
    {
        if (line.Length > ExchangeLimits.LineCharacters || LineScanner.TakeWord(ref line) is not "http_access")
            return;
        var allows = LineScanner.TakeWord(ref line) is "allow";
        while (!line.IsEmpty && _uses.Count < MostAcls)
        {
            var name = LineScanner.TakeWord(ref line);
            var isNegated = name is ['!', ..];
            var use = allows != isNegated ? SquidUse.Allowed : SquidUse.Denied;
            var key = (isNegated ? name[1..] : name).ToString();
            _uses[key] = _uses.TryGetValue(key, out var known) && known != use ? SquidUse.Both : use;
        }
    }

    /// <summary>What is done with an acl.</summary>
    public SquidUse Of(ReadOnlySpan<char> acl) => _uses.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(acl, out var use) ? use : SquidUse.Unknown;
}
