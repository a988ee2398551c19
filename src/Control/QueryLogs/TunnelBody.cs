using DnsGuard.Policy.Decisions;

namespace DnsGuard.Control.QueryLogs;

/// <summary>A client whose queries below a wildcard look like a tunnel.</summary>
/// <param name="At">When it was noticed.</param>
/// <param name="Client">Who.</param>
/// <param name="Group">Of which group.</param>
/// <param name="Rule">Below which rule.</param>
/// <param name="Name">The name that was one too many.</param>
/// <param name="Budget">names, randomNames, textNames or octets.</param>
/// <param name="Names">New names in that minute, about.</param>
/// <param name="Octets">Octets of their labels.</param>
/// <param name="Blocked">Was it blocked?</param>
public sealed record TunnelBody(DateTimeOffset At, string Client, string Group, string Rule, string Name, string Budget, int Names, long Octets, bool Blocked)
{
    internal static TunnelBody Of(TunnelFinding finding) =>
        new(finding.At, finding.Client.ToString(), finding.Group, finding.Rule, finding.Name, finding.Budget, finding.Names, finding.Octets, finding.IsBlocked);
}
