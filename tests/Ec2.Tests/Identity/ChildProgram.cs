using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Ec2.Tests.Identity;

/// <summary>What one call came to in a child.</summary>
/// <param name="Lists">The prefix lists it read; empty where it failed.</param>
/// <param name="Error">The kind of what was thrown; null for nothing.</param>
/// <param name="Refusal">What a refusal means.</param>
/// <param name="Message">The words of what was thrown.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Asked">Hosts that our own resolver was asked for so far.</param>
/// <param name="AskedOfSystem">Hosts that the operating system's resolver was asked for so far.</param>
/// <param name="Wrong">What EC2's service model forbids.</param>
public sealed record ChildAnswer(
    IReadOnlyList<string> Lists, string? Error, Ec2Refusal? Refusal, string? Message, double Seconds, IReadOnlyList<string> Asked, IReadOnlyList<string> AskedOfSystem, IReadOnlyList<string> Wrong)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Error} {Refusal} in {Seconds:F1} s: {Message}; asked for {string.Join(',', Asked)}; read {string.Join(',', Lists)}";
}

/// <summary>This assembly as a program: one client in a process, and so in an environment, of its own. Each line that comes in is a call, each that goes out its answer.</summary>
internal static class ChildProgram
{
    private static readonly ConcurrentQueue<string> Asked = new();

    /// <summary>Runs it.</summary>
    /// <param name="args">The client's options as JSON.</param>
    public static async Task Main(string[] args)
    {
        using var system = new SystemResolver();
        var options = JsonSerializer.Deserialize<Ec2Options>(args[0])!;
        ContractHandler? contract = null;
        Ec2Client? client = null;
        while (await Console.In.ReadLineAsync() is not null)
        {
            var watch = Stopwatch.StartNew();
            IReadOnlyList<string> lists = [];
            Exception? thrown = null;
            try
            {
                client ??= new Ec2Client(options, ResolveAsync, TimeProvider.System, inner => contract = new ContractHandler(inner));
                lists = [.. (await client.DescribePrefixListsAsync([])).Select(list => list.Name)];
            }
            catch (Exception any)
            {
                thrown = any;
            }

            Console.WriteLine(JsonSerializer.Serialize(new ChildAnswer(
                lists, thrown?.GetType().Name, (thrown as Ec2Exception)?.Refusal, thrown?.Message, watch.Elapsed.TotalSeconds, [.. Asked.Distinct()], [.. system.Asked.Distinct()], contract?.Wrong ?? [])));
        }

        client?.Dispose();
    }

    // A name of AWS's own leads nowhere: no packet of a test leaves the machine.
    private static Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancel)
    {
        Asked.Enqueue(host);
        return host.Contains("aws", StringComparison.Ordinal) ? throw new SocketException((int)SocketError.HostNotFound) : Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]);
    }

    /// <summary>Hears what .NET asks the operating system's resolver for.</summary>
    private sealed class SystemResolver : EventListener
    {
        public ConcurrentQueue<string> Asked { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.NameResolution")
                EnableEvents(eventSource, EventLevel.Informational);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName == "ResolutionStart")
                Asked.Enqueue(eventData.Payload?[0]?.ToString() ?? "");
        }
    }
}
