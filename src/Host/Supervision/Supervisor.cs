using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace DnsGuard.Host.Supervision;

/// <summary>Tells systemd how the node does (sd_notify(3)): a line to the datagram socket that it named in the environment. Without systemd all of it does nothing.</summary>
internal sealed class Supervisor(string? socketPath, TimeSpan watchdog)
{
    /// <summary>By the environment that systemd starts a service of <c>Type=notify</c> with.</summary>
    public static Supervisor FromEnvironment() => Of(Environment.GetEnvironmentVariable);

    /// <summary>By the variables NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.</summary>
    public static Supervisor Of(Func<string, string?> variable)
    {
        // A watchdog that was meant for a process before us is none of ours.
        var isOurs = variable("WATCHDOG_PID") is not { Length: > 0 } process || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var period = isOurs && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : TimeSpan.Zero;
        return new Supervisor(variable("NOTIFY_SOCKET") is { Length: > 1 } path ? path : null, period);
    }

    /// <summary>How long it waits for a sign of life before it ends the service; zero where it does not.</summary>
    public TimeSpan Watchdog { get; } = socketPath is null ? TimeSpan.Zero : watchdog;

    /// <summary>Queries are answered from now on.</summary>
    public void Ready() => Tell("READY=1\nSTATUS=answering");

    /// <summary>The policy is read again; <see cref="Ready"/> follows.</summary>
    /// <param name="time">Both clocks: systemd wants to know when, by the monotonic one.</param>
    public void Reloading(TimeProvider time)
    {
        var microseconds = (long)(time.GetTimestamp() * (1_000_000.0 / time.TimestampFrequency));
        Tell($"RELOADING=1\nMONOTONIC_USEC={microseconds.ToString(CultureInfo.InvariantCulture)}\nSTATUS=reading the policy again");
    }

    /// <summary>No new queries are taken.</summary>
    public void Stopping() => Tell("STOPPING=1\nSTATUS=answering what is under way");

    /// <summary>The data plane answers.</summary>
    public void Alive() => Tell("WATCHDOG=1");

    // Whether anybody listens is not our business: a service that runs must not stop because its supervisor is being restarted.
    private void Tell(string state)
    {
        if (socketPath is null)
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A name in the abstract namespace is written with @ for its leading zero.
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(socketPath[0] == '@' ? $"\0{socketPath[1..]}" : socketPath));
        }
        catch (SocketException)
        {
            // systemd notices by itself what it does not hear.
        }
    }
}
