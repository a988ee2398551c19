using System.Net;
using System.Net.Sockets;

namespace DnsGuard.Host.Tests.Running;

internal static class Ports
{
    /// <summary>A port that nobody has right now, over UDP and TCP alike.</summary>
    public static int Free()
    {
        while (true)
        {
            using var stream = new TcpListener(IPAddress.Loopback, 0);
            stream.Start();
            var port = ((IPEndPoint)stream.LocalEndpoint).Port;
            try
            {
                using var datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken over UDP: another one then.
            }
        }
    }
}
