using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Store;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Console.Tests;

/// <summary>A day in the query log before the server starts, so that charts and reviews have something to show.</summary>
internal static class Yesterday
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(4);

    private static readonly (string Client, string Group, string Name, Outcome Outcome, VerdictReason Reason, string? Rule, int Weight)[] s_habits =
    [
        ($"{World.Clients}.3.7", "payments", "api.bank.example", Outcome.Allowed, VerdictReason.AllowRule, "payments/card-payments", 9),
        ($"{World.Clients}.3.8", "payments", "app.ledger.example", Outcome.Allowed, VerdictReason.AllowRule, "payments/ledger", 6),
        ($"{World.Clients}.4.20", "build", "deb.mirror.example", Outcome.Allowed, VerdictReason.AllowRule, "package-mirrors/deb", 4),
        ($"{World.Clients}.4.21", "build", "git.code.example", Outcome.Allowed, VerdictReason.AllowRule, "build/code", 8),
        ($"{World.Clients}.4.22", "build", "npm.registry.example", Outcome.Allowed, VerdictReason.AllowRule, "package-mirrors/registry", 5),
        ($"{World.Clients}.4.20", "build", "collect.telemetry.example", Outcome.Blocked, VerdictReason.NoRule, null, 3),
        ($"{World.Clients}.4.23", "build", "collect.telemetry.example", Outcome.Blocked, VerdictReason.NoRule, null, 2),
        ($"{World.Clients}.3.7", "payments", "hooks.chat.example", Outcome.Blocked, VerdictReason.NoRule, null, 1),
        ($"{World.Clients}.9.31", "office", "static.cdn.example", Outcome.Audited, VerdictReason.NoRule, null, 3),
        ($"{World.Clients}.50.2", "default", "ocsp.trust.example", Outcome.Allowed, VerdictReason.AllowRule, "time-and-certificates/ocsp", 4),
    ];

    /// <summary>Writes it.</summary>
    /// <param name="directory">The query log's own.</param>
    /// <param name="crowd">How many do what one does on an ordinary day.</param>
    public static void Write(string directory, int crowd)
    {
        PolicyNames names = (long _, int group, int rule, Span<byte> text, out int octets) =>
        {
            octets = rule >= 0 && s_habits[rule].Rule is { } reference ? Encoding.UTF8.GetBytes(reference, text) : 0;
            return group >= 0 ? s_habits[group].Group : null;
        };
        using var store = new QueryLogStore(directory, TimeSpan.FromDays(30), 64L << 20, TimeProvider.System, names);
        var now = DateTimeOffset.UtcNow;
        for (var at = now.AddDays(-1); at < now.AddMinutes(-1); at += Step)
        {
            // Busier by day than by night, and never the same twice.
            var busy = 1 + Math.Sin(((at - now).TotalHours + 6) / 24 * 2 * Math.PI) + ((at.Minute * 7) % 11 * 0.06);
            for (var habit = 0; habit < s_habits.Length; habit++)
                Add(store, habit, at.AddMilliseconds(habit * 911), crowd * (int)Math.Round(s_habits[habit].Weight * busy));
        }

        store.Commit();
    }

    private static void Add(QueryLogStore store, int habit, DateTimeOffset at, int count)
    {
        var (client, _, name, outcome, reason, _, _) = s_habits[habit];
        Assert.True(InternetAddress.TryParse(client, out var address));
        var record = new QueryRecord
        {
            UnixMilliseconds = at.ToUnixTimeMilliseconds(),
            Client = address,
            Revision = 1,
            Rule = habit,
            Group = (short)habit,
            Type = (ushort)RecordType.A,
            Outcome = outcome,
            Reason = reason,
            Source = outcome is Outcome.Blocked ? AnswerSource.None : AnswerSource.Cache,
            ResponseCode = (byte)(outcome is Outcome.Blocked ? ResponseCode.NameError : ResponseCode.NoError),
            ExtendedError = (short)(outcome is Outcome.Blocked ? 15 : -1),
            DurationMicroseconds = outcome is Outcome.Blocked ? 0u : 140u,
        };
        for (var query = 0; query < count; query++)
            store.Add(record, DomainName.Parse(name).Octets, default);
    }
}
