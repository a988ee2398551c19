using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.Policies;

/// <summary>Judges a question without asking it, with the same function that the data plane uses.</summary>
public static class VerdictTest
{
    /// <summary>Judges.</summary>
    public static VerdictBody Judge(PolicySnapshot snapshot, InternetAddress client, DomainName name, RecordType type, long unixSeconds)
    {
        var verdict = snapshot.Decide(name.Octets, type, client, unixSeconds);
        var reference = snapshot.Rule(verdict.Rule);
        return new VerdictBody(
            ChoiceText.Write(verdict.Outcome),
            ChoiceText.Write(verdict.Reason),
            verdict.Group < 0 ? null : snapshot.Groups[verdict.Group].Name,
            reference?.List,
            reference is null ? null : RuleBody.Of(reference.Rule),
            verdict.Outcome is Outcome.Allowed ? [.. snapshot.Effective(name.Octets, type, verdict, unixSeconds).Ports.Ranges.Select(range => range.ToString())] : null,
            snapshot.Revision);
    }
}
