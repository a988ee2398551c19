using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Tests.QueryLogs;

internal static class Rows
{
    /// <summary>A row of now.</summary>
    public static QueryLogRow Of(TimeProvider time, string name, string client = "10.0.0.1") => new()
    {
        At = time.GetUtcNow(),
        Client = Addresses.Of(client),
        Group = "build",
        Name = name,
        Type = RecordType.A,
        Outcome = Outcome.Allowed,
        Reason = VerdictReason.AllowRule,
        Rule = "github/r-1",
        Revision = 3,
    };
}
