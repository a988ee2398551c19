using System.Globalization;
using System.Runtime.InteropServices;
using DnsGuard.Lab;
using DnsGuard.Lab.Internet;

switch (args)
{
    case ["echo"]:
        await EchoServer.RunAsync();
        return 0;
    case ["resolve", var names]:
        return await LateRun.RunAsync(int.Parse(names, CultureInfo.InvariantCulture));
    case ["probe", .. var ranges]:
        return await Prober.RunAsync(ranges);
    case ["burst", var server, var group]:
        return await Burst.RunAsync(server, group);
    case ["flood", .. var rest]:
        return InLab(vpc =>
        {
            var result = Flood.Run(vpc, rest is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 10_000);
            Console.Error.WriteLine(result.Details);
            Console.WriteLine(result.Line);
            return result.IsGood ? 0 : 1;
        });

    case ["demo", .. var rest]:
        return InLab(vpc => Demo.Run(vpc, keep: rest.Contains("--keep")));
    case ["internet", .. var rest]:
        return await InternetCommand.RunAsync(rest);
    default:
        Console.Error.WriteLine($"usage: Lab demo [--keep] | flood [NAMES] | {InternetCommand.Usage}");
        return 2;
}

// A mistake that nobody catches would leave everything standing that the lab consists of.
static int InLab(Func<Vpc, int> run)
{
    // Ctrl-C, too, takes everything down: leaving by Exit runs the lab's own handler.
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
    {
        signal.Cancel = true;
        Environment.Exit(130);
    });
    try
    {
        using var vpc = new Vpc();
        return run(vpc);
    }
    catch (Exception failure)
    {
        Console.Error.WriteLine(failure);
        return 1;
    }
}
