using System.Net;
using System.Net.Sockets;

namespace DnsGuard.TestKit;

/// <summary>Ports for servers that tests start.</summary>
public static class Ports
{
    /// <summary>A port that nobody has right now, over UDP and TCP alike, and that the kernel hands to nobody by itself until it is used.</summary>
    public static int Free()
    {
        while (true)
        {
            // Below the ports of outgoing connections, of which other tests make thousands meanwhile.
            var port = Random.Shared.Next(15_000, 32_000);
            try
            {
                using var stream = new TcpListener(IPAddress.Loopback, port);
                stream.Start();
                using var datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one then.
            }
        }
    }
}
