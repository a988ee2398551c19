using DnsGuard.Policy.Decisions;
using DnsGuard.Store;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.Tests.QueryLogs;

internal static class Rows
{
    /// <summary>A row of now that a rule allowed.</summary>
    public static QueryLogRow Of(TimeProvider time, string name, string client = "10.0.3.1") => new()
    {
        At = time.GetUtcNow(),
        Client = Addresses.Of(client),
        Group = "build",
        Name = name,
        Type = RecordType.A,
        Outcome = Outcome.Allowed,
        Reason = VerdictReason.AllowRule,
        Rule = "build/api",
        Revision = 1,
    };
}
