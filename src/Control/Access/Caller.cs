using DnsGuard.Store;

namespace DnsGuard.Control.Access;

/// <summary>Who makes a request.</summary>
/// <param name="Name">For the audit log and for revisions: a token's name and id, or <c>loopback</c>.</param>
/// <param name="Scopes">What they may do.</param>
/// <param name="Source">From which address.</param>
public sealed record Caller(string Name, IReadOnlyList<string> Scopes, string Source)
{
    /// <summary>Whoever has the token.</summary>
    internal static Caller Of(Token token, string source) => new($"{token.Name} ({token.Id})", token.Scopes, source);

    /// <summary>May they do what the scope stands for?</summary>
    public bool May(string scope) => Scopes.Contains(Access.Scopes.Admin) || Scopes.Contains(scope);
}
