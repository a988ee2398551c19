using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Names;

namespace DnsGuard.Sync.Tests.Names;

/// <summary>Files for a place, and a program that makes it read them; here one that counts.</summary>
public sealed class NamesTargetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dnsguard-").FullName;
    private readonly CollectedLog _log = new();
    private readonly SyncMetrics _metrics = new();
    private readonly LivePolicy _policy = new(Compile("allow: a.example.com"));

    public void Dispose()
    {
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Only_an_edit_that_changes_the_files_makes_the_place_read_them_and_edits_in_a_row_do_so_once()
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);
        Assert.Equal(1, Reloads);
        Assert.Equal("# dnsguard writes this file; edits are lost.\na.example.com\n", Read("web.allow"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(Path.Combine(_folder, "web.allow")));

        _policy.Publish(Compile("{ allow: a.example.com, comment: other }"));
        await Task.Delay(500);
        Assert.Equal(1, Reloads);

        for (var i = 0; i < 20; i++)
            _policy.Publish(Compile($"allow: b{i}.example.com"));
        Gateway.Wait(() => Read("web.allow").EndsWith("\nb19.example.com\n", StringComparison.Ordinal), "the last edit");
        await Task.Delay(500);
        Assert.InRange(Reloads, 2, 4);
        Assert.DoesNotContain(Directory.GetFiles(_folder), file => file.EndsWith(".new", StringComparison.Ordinal));
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task A_group_that_goes_leaves_an_empty_list_and_a_list_of_somebody_elses_is_left_alone()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "other.allow"), "mine.example.com\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "old.allow"), "# dnsguard writes this file; edits are lost.\nold.example.com\n");
        using var enforcement = Make();
        await enforcement.StartAsync([]);

        Assert.Equal("mine.example.com\n", Read("other.allow"));
        Assert.Equal("# dnsguard writes this file; edits are lost.\n", Read("old.allow"));
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task What_somebody_else_writes_into_our_files_is_undone_and_counted()
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);
        await File.AppendAllTextAsync(Path.Combine(_folder, "web.allow"), ".example.net\n");

        Assert.True(enforcement.Reconcile("proxy"));
        Gateway.Wait(() => !Read("web.allow").Contains(".net", StringComparison.Ordinal), "the repair");
        Gateway.Wait(() => enforcement.Targets[0].Drift == 1 && Reloads == 2, "the count");
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task A_place_that_cannot_be_told_is_told_to_the_operator_and_tried_again()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken"), "");
        using var enforcement = Make();
        await enforcement.StartAsync([]);

        Assert.NotEqual(GrantStatus.Open, await OpenAsync(enforcement, "a.example.com"));
        Assert.Equal("unavailable", enforcement.Targets[0].State);
        Assert.EndsWith("failed with code 7: no place here", enforcement.Targets[0].Detail, StringComparison.Ordinal);

        File.Delete(Path.Combine(_folder, "broken"));
        Gateway.Wait(() => enforcement.Targets[0].State == "ready", "the second try");
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "a.example.com"));
        await enforcement.StopAsync();
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(_folder, file));

    private int Reloads => File.Exists(Path.Combine(_folder, "reloads")) ? File.ReadAllLines(Path.Combine(_folder, "reloads")).Length : 0;

    private static PolicySnapshot Compile(params string[] rules) => Policies.Compile(Policies.Group("web", "10.1.0.0/16", rules), "proxy");

    private Enforcement Make() => new(
        new SyncOptions
        {
            Tick = TimeSpan.FromMilliseconds(10),
            Targets =
            [
                new TargetOptions("proxy", TargetKind.Squid)
                {
                    Names = new NameFilesOptions(_folder)
                    {
                        Reload = ["sh", "-c", "[ ! -e \"$0/broken\" ] || { echo no place here >&2; exit 7; }; echo x >> \"$0/reloads\"", _folder],
                        Pause = TimeSpan.FromMilliseconds(200),
                        Settle = TimeSpan.Zero,
                        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
                    },
                },
            ],
        },
        _policy, _metrics, TimeProvider.System, _log);

    private async Task<GrantStatus> OpenAsync(Enforcement enforcement, string name) =>
        (await enforcement.Ledger.OpenAsync(Policies.Request(_policy.Current, name, "192.0.2.1"), default).AsTask().WaitAsync(TimeSpan.FromSeconds(20))).Status;
}
