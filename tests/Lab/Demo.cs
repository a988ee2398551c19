using System.Globalization;
using System.Runtime.InteropServices;

namespace DnsGuard.Lab;

/// <summary>The walk for people: what DnsGuard does, on a network that is gone afterwards.</summary>
internal static class Demo
{
    private static readonly string Bold = Code(1);
    private static readonly string Green = Code(32);
    private static readonly string Red = Code(31);
    private static readonly string Dim = Code(2);
    private static readonly string Plain = Code(0);

    public static int Run(Vpc vpc, bool keep)
    {
        var fresh = vpc.Unlisted();
        Say("A client, a gateway with DnsGuard, and an Internet with its own root servers, all in network namespaces of this machine.");
        Say("The client may ask for api.shop.lab. The answer leaves only when its address is open at the gateway:");
        Show(vpc.A, "dig", "@10.1.1.1", "api.shop.lab", "+noall", "+answer");
        Show(vpc.A, "curl", "-s", "-m", "2", "http://api.shop.lab/");
        Say("Nobody allowed other.shop.lab. The answer says so, and by which rule, or that there is none:");
        Show(vpc.A, "dig", "@10.1.1.1", "other.shop.lab", "+noall", "+comments");
        Say("Knowing its address does not help. Nobody was given it, so the gateway drops the packets:");
        Show(vpc.A, "curl", "-s", "-m", "1", "http://100.0.1.66/");
        Say("Nor does another DNS server:");
        Show(vpc.A, "dig", "@100.0.0.1", "other.shop.lab", "+tries=1", "+time=1", "+short");
        Say($"A rule for {fresh.Name}, which is in force for the very next query:");
        Tell(vpc, "rule", "add", "--group", "team-a", fresh.Name, "--comment", "the demo");
        Show(vpc.A, "curl", "-s", "-m", "2", "-4", $"http://{fresh.Name}/");
        Say("What the gateway's kernel holds: address, protocol, port, how long, and the name it was opened for:");
        Show(vpc.Gateway, "nft", "list", "set", "inet", "dnsguard", "team-a.4");
        Say("Why is that address open?");
        Tell(vpc, "explain", fresh.IPv4);
        Say("What else is open, and who asked for what?");
        Tell(vpc, "grants");
        Thread.Sleep(500);
        Tell(vpc, "log", "--limit", "6");
        Say("The rule goes, and its address closes:");
        Tell(vpc, "rule", "rm", "--group", "team-a", fresh.Name);
        Thread.Sleep(1_000);
        Show(vpc.A, "curl", "-s", "-m", "1", $"http://{fresh.IPv4}/");
        Tell(vpc, "targets");
        if (keep)
            Keep(vpc);
        Say("Everything is taken down again.");
        return 0;
    }

    private static void Keep(Vpc vpc)
    {
        Say("The network stays until you press Enter. Try:");
        Console.WriteLine($"""
              ip netns exec {vpc.A} curl http://api.shop.lab/
              ip netns exec {vpc.A} dig @10.1.1.1 www.shop.lab
              ip netns exec {vpc.B} dig @10.1.2.1 big.shop.lab
              ip netns exec {vpc.Gateway} dotnet {Repository.DnsGuard} log
              ip netns exec {vpc.Gateway} dotnet {Repository.DnsGuard} rule add --group team-b other.shop.lab
              ip netns exec {vpc.Gateway} nft list table inet dnsguard
              ip netns exec {vpc.Gateway} curl -s http://127.0.0.1:8053/api/v1/policy
            """);
        using var told = new ManualResetEventSlim();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        _ = Task.Run(() =>
        {
            // At the end of a closed input there is nobody to press Enter: then only a signal ends it.
            if (Console.In.ReadLine() is not null)
                told.Set();
        });
        told.Wait();

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            told.Set();
        }
    }

    private static string Code(int number) => Console.IsOutputRedirected ? "" : string.Create(CultureInfo.InvariantCulture, $"\e[{number}m");

    private static void Say(string text) => Console.WriteLine($"\n{Bold}{text}{Plain}");

    private static void Show(string space, params IReadOnlyList<string> command)
    {
        Console.WriteLine($"{Dim}{space[(space.IndexOf('-', StringComparison.Ordinal) + 1)..]}${Plain} {string.Join(' ', command)}");
        Print(Vpc.Run(space, command));
    }

    private static void Tell(Vpc vpc, params IReadOnlyList<string> arguments)
    {
        Console.WriteLine($"{Dim}gw${Plain} dnsguard {string.Join(' ', arguments)}");
        Print(vpc.Node.Cli(arguments));
    }

    private static void Print(ShellResult result)
    {
        foreach (var line in result.Text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
            Console.WriteLine($"   {line}");
        Console.WriteLine(result.ExitCode == 0 ? $"   {Green}ok{Plain}" : $"   {Red}exit code {result.ExitCode}{(result.Text.Length == 0 ? ", no answer" : "")}{Plain}");
    }
}
