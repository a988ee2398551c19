using System.Diagnostics;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Programs;

namespace DnsGuard.Sync.Tests.Programs;

/// <summary>Programs that really run: the example that is shipped, and worse ones.</summary>
public sealed class CommandTests : IDisposable
{
    // Tells its requests, forgets what it was told when it ends, and misbehaves as its argument says.
    private const string Odd = """
        import json, os, sys, time
        how, path = sys.argv[1], sys.argv[2]
        entries = {}
        print("pid", os.getpid(), "env", sorted(os.environ), file=sys.stderr, flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            with open(path, "a") as log: log.write(line)
            for e in asked["entries"]:
                k = (e["address"], e["protocol"], e["ports"])
                if asked["op"] == "add" and not (how == "error" and not os.path.exists(path + ".mended")): entries[k] = e
                if asked["op"] == "remove": entries.pop(k, None)
            reply = {"id": asked["id"], "ok": True, "entries": list(entries.values())}
            if asked["op"] == "add":
                if how == "silent": continue
                if how == "die": sys.exit(3)
                if how == "error" and not os.path.exists(path + ".mended"): reply = {"id": asked["id"], "error": "no \x1b[31mway"}
            if how == "noise": print("hello"); print('{"id": "x"}'); print("[1]")
            print(json.dumps(reply), flush=True)
        if how == "stay": time.sleep(60)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("dnsguard-").FullName;
    private readonly CollectedLog _log = new();
    private readonly SyncMetrics _metrics = new();
    private readonly LivePolicy _policy = new(Policies.Compile(Policies.Group("web", "10.1.0.0/16", ["{ allow: .example.com, ports: [tcp/443, udp/8000-8010] }"]), "place"));

    private string State => Path.Combine(_folder, "state");

    [Fact]
    public async Task The_program_that_is_shipped_has_opened_what_an_answer_waited_for_and_closes_what_no_rule_backs()
    {
        using var enforcement = Make([Path.Combine(Repository.Root, "config/example-target.py"), State]);
        await enforcement.StartAsync([]);

        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.1 2001:db8::1"));
        var lines = await File.ReadAllLinesAsync(State);
        Assert.Equal(4, lines.Length);
        Assert.Contains("""{"address": "192.0.2.1", "protocol": "tcp", "ports": "443", "group": "web", "name": "api.example.com"}""", lines);
        Assert.Contains("""{"address": "2001:db8::1", "protocol": "udp", "ports": "8000-8010", "group": "web", "name": "api.example.com"}""", lines);
        Assert.Contains(_log.Of(3011), line => line.Contains("0 entries are open", StringComparison.Ordinal));

        _policy.Publish(Policies.Compile(Policies.Group("web", "10.1.0.0/16", []), "place"));
        Gateway.Wait(() => File.ReadAllText(State).Length == 0, "closing");
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task What_somebody_takes_out_behind_our_back_comes_back_and_what_was_open_before_a_restart_is_adopted()
    {
        string[] command = [Path.Combine(Repository.Root, "config/example-target.py"), State];
        using (var first = Make(command))
        {
            await first.StartAsync([]);
            Assert.Equal(GrantStatus.Open, await OpenAsync(first, "api.example.com", "192.0.2.1"));
            await first.StopAsync();
        }

        Assert.Equal(2, File.ReadAllLines(State).Length);
        await File.AppendAllTextAsync(State, """{"address": "192.0.2.66", "protocol": "any", "ports": ""}""" + "\n");

        using var second = Make(command);
        await second.StartAsync([]);
        Gateway.Wait(() => !File.ReadAllText(State).Contains("192.0.2.66", StringComparison.Ordinal), "a stranger going");
        Assert.Equal(2, File.ReadAllLines(State).Length);
        Assert.Equal(2, second.Ledger.List("web", null, null, null, 10).Count);
        await second.StopAsync();
    }

    [Fact]
    public async Task A_program_that_is_killed_is_started_again_and_told_anew_what_it_has_forgotten()
    {
        using var enforcement = Make(Python("forgetful"));
        await enforcement.StartAsync([]);
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.1"));
        // What was just added is believed in for a while whatever a look says: places may be behind. So the wait is longer than that.
        using (var program = Process.GetProcessById(Pid()))
            program.Kill();

        Gateway.Wait(() => _log.Of(3012).Count == 1, "the end to be told");
        Gateway.Wait(() => Requests("add").Count(line => line.Contains("192.0.2.1\"", StringComparison.Ordinal)) >= 2, "a second telling", seconds: 25);
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.2"));
        Assert.Null(enforcement.Targets[0].Detail);
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task Without_an_acknowledgement_nothing_is_called_open_and_a_look_tells_what_became_of_it()
    {
        using var enforcement = Make(Python("silent"), deadline: 300);
        await enforcement.StartAsync([]);

        var began = Stopwatch.GetTimestamp();
        var opening = OpenAsync(enforcement, "api.example.com", "192.0.2.1");
        Gateway.Wait(() => Requests("add").Count > 0, "the request");
        Assert.False(opening.IsCompleted);
        // It had done it, and only not said so: the list says it.
        Assert.Equal(GrantStatus.Open, await opening);
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(300));
        Assert.True(Requests("list").Count >= 2);
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task What_the_program_refuses_fails_the_answer_and_is_told_escaped_until_it_is_mended()
    {
        using var enforcement = Make(Python("error"));
        await enforcement.StartAsync([]);

        Assert.NotEqual(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.1"));
        Gateway.Wait(() => enforcement.Targets[0].State != "ready", "trouble");
        Assert.EndsWith(@"says: no \u{1b}[31mway", enforcement.Targets[0].Detail, StringComparison.Ordinal);
        Assert.Equal(["place"], enforcement.Troubled);

        await File.WriteAllTextAsync(State + ".mended", "");
        Gateway.Wait(() => enforcement.Targets[0].State == "ready", "the end of the trouble");
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.1"));
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task A_program_that_dies_of_a_request_is_started_ever_more_rarely()
    {
        using var enforcement = Make(Python("die"));
        await enforcement.StartAsync([]);

        Assert.NotEqual(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.1"));
        await Task.Delay(3_000);
        Assert.InRange(_log.Of(3012).Count, 1, 12);
        Assert.Contains("code 3", _log.Of(3012)[0], StringComparison.Ordinal);
        await enforcement.StopAsync();
    }

    [Theory]
    [InlineData("/no/such/program", "cannot be started")]
    [InlineData("dnsguard-no-such-program", "there is no program")]
    [InlineData("/bin/true", "has ended")]
    public async Task What_cannot_run_is_told_and_answers_do_not_wait_in_vain(string program, string told)
    {
        using var enforcement = Make([program]);
        await enforcement.StartAsync([]);

        Assert.NotEqual(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.1"));
        Gateway.Wait(() => enforcement.Targets[0].Detail?.Contains(told, StringComparison.Ordinal) == true, "trouble", seconds: 20);
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task What_is_no_reply_is_passed_over_and_told()
    {
        using var enforcement = Make(Python("noise"));
        await enforcement.StartAsync([]);

        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.1"));
        Assert.Contains(_log.Of(3011), line => line.Contains("(no reply) hello", StringComparison.Ordinal));
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task It_gets_nothing_of_our_environment_but_what_is_named_and_does_not_outlive_us()
    {
        Environment.SetEnvironmentVariable("DNSGUARD_TEST_SECRET", "x");
        Environment.SetEnvironmentVariable("DNSGUARD_TEST_PUBLIC", "y");
        var enforcement = Make(Python("stay"));
        await enforcement.StartAsync([]);
        Gateway.Wait(() => _log.Of(3011).Count > 0, "its first word");
        Assert.Contains("env ['DNSGUARD_TEST_PUBLIC', 'LANG', 'LC_CTYPE', 'PATH']".Replace(" 'LC_CTYPE',", "", StringComparison.Ordinal), _log.Of(3011)[0].Replace(" 'LC_CTYPE',", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var pid = Pid();
        Assert.True(Directory.Exists($"/proc/{pid}"));

        await enforcement.StopAsync();
        enforcement.Dispose();

        Gateway.Wait(() => !Directory.Exists($"/proc/{pid}"), "its end", seconds: 2);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Enforcement Make(IReadOnlyList<string> command, int deadline = 5_000) => new(
        new SyncOptions
        {
            Tick = TimeSpan.FromMilliseconds(10),
            Targets = [new TargetOptions("place", TargetKind.Command) { Hold = TimeSpan.FromSeconds(2), Command = new CommandTargetOptions(command) { Deadline = TimeSpan.FromMilliseconds(deadline), Environment = ["DNSGUARD_TEST_PUBLIC"] } }],
        },
        _policy, _metrics, TimeProvider.System, _log);

    private IReadOnlyList<string> Python(string how)
    {
        var script = Path.Combine(_folder, "odd.py");
        File.WriteAllText(script, Odd);
        return ["python3", script, how, State];
    }

    private List<string> Requests(string operation) => File.Exists(State) ? [.. File.ReadAllLines(State).Where(line => line.Contains($"\"op\":\"{operation}\"", StringComparison.Ordinal))] : [];

    private int Pid() => int.Parse(_log.Of(3011).Last(line => line.Contains("pid ", StringComparison.Ordinal)).Split("pid ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private async Task<GrantStatus> OpenAsync(Enforcement enforcement, string name, string addresses) =>
        (await enforcement.Ledger.OpenAsync(Policies.Request(_policy.Current, name, addresses), default).AsTask().WaitAsync(TimeSpan.FromSeconds(20))).Status;
}
