using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>Who asks for more below a wildcard than a workload needs.</summary>
public interface ITunnelView
{
    /// <summary>The latest findings, the newest first; at most a thousand.</summary>
    IReadOnlyList<TunnelFinding> Findings { get; }
}

/// <summary>A client whose queries below a wildcard look like a tunnel.</summary>
/// <param name="At">When it was noticed.</param>
/// <param name="Client">Who.</param>
/// <param name="Group">Of which group.</param>
/// <param name="Rule">Below which rule.</param>
/// <param name="Name">The name that was one too many.</param>
/// <param name="Budget">Which budget it was: names, randomNames, textNames or octets.</param>
/// <param name="Names">New names in that minute, about.</param>
/// <param name="Octets">Octets of their labels.</param>
/// <param name="IsBlocked">Was it blocked?</param>
public sealed record TunnelFinding(DateTimeOffset At, InternetAddress Client, string Group, string Rule, string Name, string Budget, int Names, long Octets, bool IsBlocked);
