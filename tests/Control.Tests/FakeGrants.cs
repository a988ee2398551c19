using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.Tests;

/// <summary>A ledger that holds what a test puts in.</summary>
internal sealed class FakeGrants : IGrantView
{
    /// <summary>What is open, in the order of ids.</summary>
    public List<Grant> Open { get; } = [];

    /// <inheritdoc/>
    public int Count => Open.Count;

    /// <summary>A grant for tests.</summary>
    public static Grant Of(string id, string group, string address, string name) => new(
        id, group, Addresses.Of(address), PortRange.TryParse("tcp/443", out var ports) ? ports : default, new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.Zero), name, RecordType.A, "github/r-1", 3, ["gateway"]);

    /// <inheritdoc/>
    public IReadOnlyList<Grant> List(string? group, InternetAddress? address, string? name, string? after, int limit) =>
    [
        .. Open.Where(grant => (group is null || grant.Group == group) && (address is null || grant.Address == address) && (name is null || grant.Name.Contains(name, StringComparison.Ordinal))
            && (after is null || string.CompareOrdinal(grant.Id, after) > 0)).Take(limit),
    ];

    /// <inheritdoc/>
    public bool Revoke(string id, bool cut = false) => Open.RemoveAll(grant => grant.Id == id) > 0;
}
