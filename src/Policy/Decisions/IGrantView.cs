using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>What is open now and why: what the control API knows of the ledger.</summary>
public interface IGrantView
{
    /// <summary>Grants in force, at most <paramref name="limit"/>, those after <paramref name="after"/> in the order of their ids.</summary>
    IReadOnlyList<Grant> List(string? group, InternetAddress? address, string? name, string? after, int limit);

    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>Closes a grant before its time at every target; false where no grant has the id.</summary>
    bool Revoke(string id, bool cut = false);
}
