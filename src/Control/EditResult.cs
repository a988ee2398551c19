using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;

namespace DnsGuard.Control;

/// <summary>How an edit ended.</summary>
public enum EditStatus
{
    /// <summary>It is in force.</summary>
    Done,

    /// <summary>It would be; nothing was changed.</summary>
    DryRun,

    /// <summary>Something is wrong with it; nothing was changed.</summary>
    Refused,

    /// <summary>Somebody else was faster; nothing was changed.</summary>
    Stale,

    /// <summary>What it names does not exist.</summary>
    NotFound,
}

/// <summary>What came of an edit.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Revision">The revision in force.</param>
/// <param name="Changes">What changed, or would.</param>
/// <param name="Problems">What is wrong.</param>
public sealed record EditResult(EditStatus Status, long Revision, PolicyChanges Changes, IReadOnlyList<TextProblem> Problems)
{
    internal static EditResult NotFound { get; } = new(EditStatus.NotFound, 0, PolicyChanges.None, []);

    internal static EditResult Done(long revision, PolicyChanges changes) => new(EditStatus.Done, revision, changes, []);

    internal static EditResult Would(long revision, PolicyChanges changes) => new(EditStatus.DryRun, revision, changes, []);

    internal static EditResult Stale(long revision) => new(EditStatus.Stale, revision, PolicyChanges.None, []);

    internal static EditResult Refused(IReadOnlyList<TextProblem> problems) => new(EditStatus.Refused, 0, PolicyChanges.None, problems);
}
