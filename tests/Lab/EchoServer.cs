using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DnsGuard.Lab;

/// <summary>The Internet's servers: whatever address is connected to says which one it is. TCP answers like HTTP and then echoes; UDP echoes.</summary>
internal static class EchoServer
{
    public const int UdpPort = 443;

    private static readonly int[] TcpPorts = [22, 80, 443, 8_000, 8_443, 9_000, 9_001];

    public static async Task RunAsync()
    {
        var tasks = TcpPorts.Select(ServeTcpAsync).Append(ServeUdpAsync()).ToList();
        Console.WriteLine("ready");
        await Task.WhenAll(tasks);
    }

    private static async Task ServeTcpAsync(int port)
    {
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        listener.Listen(4_096);
        while (true)
            _ = ConverseAsync(await listener.AcceptAsync());
    }

    // One line with our address for whoever sends a line, then every further octet back, until the other side has enough.
    private static async Task ConverseAsync(Socket connection)
    {
        using (connection)
        {
            try
            {
                var buffer = new byte[4_096];
                var count = await connection.ReceiveAsync(buffer);
                var isHttp = buffer.AsSpan(0, count).StartsWith("GET "u8);
                while (count > 0)
                {
                    if (isHttp)
                    {
                        var local = Plain(((IPEndPoint)connection.LocalEndPoint!).Address) + "\n";
                        await connection.SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.0 200 OK\r\nContent-Length: {local.Length}\r\nConnection: close\r\n\r\n{local}")));
                        connection.Shutdown(SocketShutdown.Send);
                        return;
                    }

                    await connection.SendAsync(buffer.AsMemory(0, count));
                    count = await connection.ReceiveAsync(buffer);
                }
            }
            catch (SocketException)
            {
                // The other side has gone.
            }
        }
    }

    private static async Task ServeUdpAsync()
    {
        using var socket = NewUdp(new IPEndPoint(IPAddress.IPv6Any, UdpPort));
        var buffer = new byte[2_048];
        while (true)
        {
            var received = await socket.ReceiveMessageFromAsync(buffer, new IPEndPoint(IPAddress.IPv6Any, 0));
            // From the very address that was asked, or nobody would take the answer for one.
            using var answer = NewUdp(new IPEndPoint(received.PacketInformation.Address.MapToIPv6(), UdpPort));
            await answer.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), received.RemoteEndPoint);
        }
    }

    private static Socket NewUdp(IPEndPoint endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.PacketInformation, true);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.ReceiveBufferSize = 4 << 20;
        socket.Bind(endpoint);
        return socket;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
