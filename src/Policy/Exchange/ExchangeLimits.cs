namespace DnsGuard.Policy.Exchange;

/// <summary>How much of a foreign file is read. Whoever sends more is told so; nothing of it is taken then.</summary>
public static class ExchangeLimits
{
    /// <summary>The most lines of a file. A response policy zone needs four for a name.</summary>
    public const int Lines = 4_000_000;

    /// <summary>The longest line, in characters: <c>acl</c> lines of Squid hold many names.</summary>
    public const int LineCharacters = 1 << 16;

    /// <summary>The longest text that is looked at as a name, in characters. None that is longer is one, in whatever script.</summary>
    public const int NameCharacters = 1_024;

    /// <summary>The longest YAML, in characters: pieces of it take a hundred times their own room. Kubernetes takes 1 MiB.</summary>
    public const int YamlCharacters = 4 << 20;

    /// <summary>How many notes of one kind are told one by one; of the others there is the number.</summary>
    public const int Notes = 1_000;
}
