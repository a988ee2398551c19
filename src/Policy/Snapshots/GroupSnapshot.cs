using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Snapshots;

/// <summary>A client group as the data plane sees it.</summary>
/// <param name="Index">Its place in the snapshot.</param>
/// <param name="Document">What was written.</param>
/// <param name="Targets">Where its grants go: the written names, or all there are.</param>
/// <param name="Key">A number that stands for the group's name in tables that outlive a snapshot.</param>
/// <param name="Fingerprint">Identifies the settings that shape answers.</param>
public sealed record GroupSnapshot(int Index, GroupDocument Document, IReadOnlyList<string> Targets, ulong Key, ulong Fingerprint)
{
    /// <summary>Its name.</summary>
    public string Name => Document.Name;

    /// <summary>Is nothing blocked here?</summary>
    public bool IsAudit => Document.Mode is GroupMode.Audit;
}
