using System.Runtime.InteropServices;

namespace DnsGuard.Lab.Internet;

/// <summary>The verbs of <c>Lab internet</c>.</summary>
internal static class InternetCommand
{
    private const int DefaultSeed = 1;
    private const int DefaultQuestions = 20_000;

    public const string Usage = "internet compare|serve [--seed N] [--questions N] [--only unbound,kresd,pdns,dnsguard] [--list FILE]";

    /// <summary>Runs one of them; returns the exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var seed = int.Parse(Choice(arguments, "--seed") ?? DefaultSeed.ToString());
        var questions = int.Parse(Choice(arguments, "--questions") ?? DefaultQuestions.ToString());
        var only = (Choice(arguments, "--only") ?? string.Join(',', ResolverPlan.All.Select(each => each.Name))).Split(',');
        var list = Choice(arguments, "--list");
        switch (arguments)
        {
            case ["compare", ..]:
                return Inside(seed, only, internet =>
                {
                    list ??= Path.Combine(Path.GetTempPath(), $"dnsguard-differences-{seed}.txt");
                    var result = internet.Compare(questions, list, Console.WriteLine);
                    Console.WriteLine($"all differences: {list}");
                    return result.ExitCode;
                });

            case ["serve", ..]:
                return Inside(seed, only, internet =>
                {
                    foreach (var resolver in ResolverPlan.All.Where(each => internet.Compared.Contains(each.Name)))
                        Console.WriteLine($"{resolver.Name,-9} ip netns exec {internet.Space} dig @{resolver.IPv4} www.n13.hotel. +dnssec");
                    Console.WriteLine($"anchor    {internet.Anchor}\nfiles     {internet.Place}\nready; Ctrl-C ends it");
                    Thread.Sleep(Timeout.Infinite);
                    return 0;
                });

            // These two run inside of a namespace that a run has made.
            case ["ask", ..]:
                return await new Comparison(seed, questions, only, list).RunAsync();
            case ["quirks"]:
                await QuirkServer.RunAsync();
                return 0;
            default:
                Console.Error.WriteLine($"usage: Lab {Usage}");
                return 2;
        }
    }

    private static string? Choice(IReadOnlyList<string> arguments, string name)
    {
        for (var i = 0; i < arguments.Count - 1; i++)
        {
            if (arguments[i] == name)
                return arguments[i + 1];
        }

        return null;
    }

    private static int Inside(int seed, IReadOnlyList<string> only, Func<SmallInternet, int> run)
    {
        // Ctrl-C and SIGTERM, too, take everything down: leaving by Exit runs the network's own handler.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Leave);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave);
        try
        {
            using var internet = new SmallInternet(seed, only, Console.WriteLine);
            return run(internet);
        }
        catch (Exception failure)
        {
            Console.Error.WriteLine(failure);
            return 1;
        }

        static void Leave(PosixSignalContext signal)
        {
            signal.Cancel = true;
            Environment.Exit(130);
        }
    }
}
