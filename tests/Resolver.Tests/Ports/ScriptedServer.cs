using System.Net;
using System.Net.Sockets;

namespace DnsGuard.Resolver.Tests.Ports;

/// <summary>A socket on loopback whose every datagram is handed to a test. It answers nothing by itself.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Thread _thread;

    public ScriptedServer(Action<ScriptedServer, byte[], IPEndPoint> received)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _thread = new Thread(() => Run(received)) { IsBackground = true };
        _thread.Start();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>A query as its own answer, without records.</summary>
    public static byte[] Answer(byte[] query, int code = 0)
    {
        var answer = query.ToArray();
        answer[2] |= 0x84;
        answer[3] = (byte)code;
        return answer;
    }

    public void Send(byte[] datagram, IPEndPoint to) => _socket.SendTo(datagram, to);

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join();
    }

    private void Run(Action<ScriptedServer, byte[], IPEndPoint> received)
    {
        var buffer = new byte[2_048];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (true)
        {
            try
            {
                var octets = _socket.ReceiveFrom(buffer, ref from);
                received(this, buffer[..octets], (IPEndPoint)from);
            }
            catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused)
            {
                // An answer came to a port that is closed by now.
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
