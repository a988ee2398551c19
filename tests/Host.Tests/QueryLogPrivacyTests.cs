using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Store;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace DnsGuard.Host.Tests;

/// <summary>What a group does not want to be known does not get to the disk.</summary>
public sealed class QueryLogPrivacyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dnsguard-privacy-").FullName;

    [Theory]
    [InlineData("full", "10.1.0.7 secret.example.com A 192.0.2.1")]
    [InlineData("anonymous", ":: secret.example.com A 192.0.2.1")]
    [InlineData("counts", ":: . TYPE0 ")]
    public async Task A_group_decides_what_the_log_may_know(string privacy, string expected)
    {
        var row = Assert.Single(await LogAsync($"queryLog: {privacy}", revision: 1));
        Assert.Equal(expected, $"{row.Client} {row.Name} {RecordTypeText.Write(row.Type)} {row.Addresses}");
        Assert.Equal(("web", Outcome.Allowed, 3), (row.Group, row.Outcome, row.Count));
    }

    [Fact]
    public async Task Where_nobody_knows_the_group_any_more_nothing_is_told()
    {
        var row = Assert.Single(await LogAsync("queryLog: full", revision: 77));
        Assert.Equal((".", default, 3), (row.Name, row.Client, row.Count));
    }

    [Fact]
    public async Task No_file_has_the_octets_of_what_may_not_be_known()
    {
        await LogAsync("queryLog: counts", revision: 1);
        foreach (var file in Directory.GetFiles(_folder, "*", SearchOption.AllDirectories))
            Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf("secret"u8));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<IReadOnlyList<QueryLogRow>> LogAsync(string setting, long revision)
    {
        var problems = new List<Policy.Text.TextProblem>();
        var document = PolicyReader.Read($"apiVersion: dnsguard/v1\nkind: Policy\ngroups:\n  web:\n    clients: [10.1.0.0/16]\n    {setting}\n", problems);
        Assert.Empty(problems);
        var live = new LivePolicy(new PolicyCompiler([AddressRange.Parse("10.0.0.0/8")], []).Compile(1, document));
        using var rings = new QueryRings();
        using var store = new QueryLogStore(_folder, TimeSpan.FromDays(1), 1 << 24, TimeProvider.System, QueryLogPump.NamesOf(live));
        Assert.True(DomainName.TryParse("secret.example.com", out var name));
        Assert.True(InternetAddress.TryParse("10.1.0.7", out var client));
        Assert.True(InternetAddress.TryParse("192.0.2.1", out var address));
        var record = new QueryRecord { UnixMilliseconds = 1_767_225_600_000, Client = client, Revision = revision, Rule = -1, Group = 0, Type = (ushort)RecordType.A, Outcome = Outcome.Allowed, ExtendedError = -1 };
        for (var query = 0; query < 3; query++)
            ((IQueryLog)rings).Write(record, name.Octets, AnswerNote.Write([address], []));
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await new QueryLogPump(rings, store, live, NullLogger.Instance).RunAsync(stopped.Token);
        return await store.SearchAsync(new QueryLogFilter(), default);
    }
}
