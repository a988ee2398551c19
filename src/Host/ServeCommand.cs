using System.CommandLine;
using System.Runtime.InteropServices;
using DnsGuard.Cli;
using DnsGuard.Control;
using DnsGuard.Store;
using DnsGuard.Sync;
using Serilog.Extensions.Logging;

namespace DnsGuard.Host;

/// <summary><c>dnsguard serve [--config FILE]</c>.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var config = new Option<string>("--config", "-c") { Description = "The configuration", DefaultValueFactory = _ => "config/dnsguard.yaml" };
        var command = new Command("serve", "Answer DNS, enforce the answers, serve the control API") { config };
        command.SetAction((arguments, _) => ServeAsync(arguments.GetValue(config)!));
        return command;
    }

    private static async Task<int> ServeAsync(string configFile)
    {
        try
        {
            var options = ConfigurationFile.Read(configFile);
            await using var log = OperatorLog.Open(options.Log);
            using var loggers = new SerilogLoggerFactory(log);
            await using var node = new Node(options, loggers);
            var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
            // From the beginning, since a SIGHUP that nobody handles ends the process. While it starts, the file is being read anyway.
            var hasStarted = false;
            using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                if (Volatile.Read(ref hasStarted))
                    node.Reload();
            });
            await node.StartAsync().ConfigureAwait(false);
            Volatile.Write(ref hasStarted, true);
            await stop.Task.ConfigureAwait(false);
            await node.StopAsync().ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (Exception refusal) when (refusal is StartException or StoreException or TargetUnavailableException or ControlException)
        {
            await Console.Error.WriteLineAsync($"dnsguard: cannot start.\n{refusal.Message}").ConfigureAwait(false);
            return ExitCode.Usage;
        }
    }

    private static void Stop(PosixSignalContext signal, TaskCompletionSource stop)
    {
        signal.Cancel = true;
        stop.TrySetResult();
    }
}
