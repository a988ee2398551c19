using System.Net;
using System.Net.Sockets;
using DnsGuard.Cli.Doctor;

namespace DnsGuard.Host.Doctor;

/// <summary>Can every address that is to be listened on be had?</summary>
internal static class PortChecks
{
    private const string Check = "ports";

    /// <summary>Tries each, for a moment.</summary>
    public static IEnumerable<Finding> Run(HostOptions options, bool isRunning)
    {
        foreach (var endpoint in options.Resolver.Listen)
            yield return Try(endpoint, "resolver.listen", isRunning, SocketType.Dgram, SocketType.Stream);
        foreach (var endpoint in options.Resolver.TlsListen)
            yield return Try(endpoint, "resolver.tlsListen", isRunning, SocketType.Stream);
        yield return Try(options.Control.Listen, "control.listen", isRunning, SocketType.Stream);
        foreach (var endpoint in options.Control.DohListen.Where(endpoint => !endpoint.Equals(options.Control.Listen)))
            yield return Try(endpoint, "control.dohListen", isRunning, SocketType.Stream);
    }

    private static Finding Try(IPEndPoint endpoint, string key, bool isRunning, params ReadOnlySpan<SocketType> types)
    {
        foreach (var type in types)
        {
            var error = Bind(endpoint, type);
            if (error is SocketError.Success)
                continue;
            // The node that runs has them, or it would not have started.
            if (error is SocketError.AddressAlreadyInUse && isRunning)
                return Finding.Ok(Check, $"{endpoint} ({key}) is the running node's");
            var protocol = type is SocketType.Dgram ? "UDP" : "TCP";
            return error switch
            {
                SocketError.AddressAlreadyInUse => Finding.Fail(Check, $"{endpoint}/{protocol} ({key}) is another program's", $"Find it with 'ss -lnp sport = :{endpoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)}' and stop it (on port 53 it is often systemd-resolved), or change '{key}'"),
                SocketError.AddressNotAvailable => Finding.Fail(Check, $"{endpoint.Address} ({key}) is no address of this machine", $"Give '{key}' one of those that 'ip address' shows, or add it"),
                SocketError.AccessDenied => Finding.Fail(Check, $"this user may not listen on {endpoint} ({key})", "Grant CAP_NET_BIND_SERVICE, or choose a port from 1024 on"),
                _ => Finding.Fail(Check, $"{endpoint}/{protocol} ({key}) cannot be listened on: {error}", $"Change '{key}'"),
            };
        }

        return Finding.Ok(Check, $"{endpoint} ({key}) is free");
    }

    private static SocketError Bind(IPEndPoint endpoint, SocketType type)
    {
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, type, type is SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
            // As the node does it: without sharing the port, or a moment's listening here would take connections from the node that runs.
            socket.Bind(endpoint);
            if (type is SocketType.Stream)
                socket.Listen();
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
    }
}
