using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace DnsGuard.Lab.Internet;

/// <summary>A stub that has many questions in flight at one resolver: over UDP, twice where nothing comes, over TCP where not all fits.</summary>
internal sealed partial class Asker : IDisposable
{
    private const int Tries = 2;

    /// <summary>A little longer than a glibc stub waits; what takes a resolver longer is there at the second try.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<ushort, TaskCompletionSource<byte[]>> _waiting = new();
    private readonly IPEndPoint _server;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private int _id;

    public Asker(IPAddress server)
    {
        _server = new IPEndPoint(server, 53);
        _socket.ReceiveBufferSize = 1 << 20;
        _socket.Connect(_server);
        _ = ReceiveAsync();
    }

    /// <summary>Asks all of them, so many at a time; the replies in the questions' order.</summary>
    public async Task<Reply[]> AskAllAsync(IReadOnlyList<Question> questions, int atOnce, Action<int> progress)
    {
        var replies = new Reply[questions.Count];
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, questions.Count), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (index, _) =>
        {
            replies[index] = await AskAsync(questions[index]);
            progress(Interlocked.Increment(ref done));
        });
        return replies;
    }

    public void Dispose() => _socket.Dispose();

    private async Task<Reply> AskAsync(Question question)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var id = (ushort)Interlocked.Increment(ref _id);
            var response = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[id] = response;
            try
            {
                var query = Compose(id, question);
                await _socket.SendAsync(query);
                var message = await response.Task.WaitAsync(Patience);
                if ((message[2] & 0x02) != 0)
                    message = await AskOverTcpAsync(query);
                return Reply.Read(message);
            }
            catch (Exception failure) when (failure is TimeoutException or OperationCanceledException or SocketException or IOException)
            {
                // Nobody answered this time.
            }
            catch (Exception failure) when (failure is IndexOutOfRangeException or ArgumentException or InvalidDataException)
            {
                return new Reply("UNREADABLE", false, "", failure.Message);
            }
            finally
            {
                _waiting.TryRemove(id, out _);
            }
        }

        return Reply.None;
    }

    private async Task<byte[]> AskOverTcpAsync(byte[] query)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server, patience.Token);
        using var stream = new NetworkStream(socket);
        await QuirkServer.WriteAsync(stream, query, patience.Token);
        return await QuirkServer.ReadAsync(stream, patience.Token) ?? throw new IOException("the resolver has closed");
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[65_535];
        while (true)
        {
            try
            {
                var count = await _socket.ReceiveAsync(buffer);
                if (count >= 12 && _waiting.TryGetValue(BinaryPrimitives.ReadUInt16BigEndian(buffer), out var waiting))
                    waiting.TrySetResult(buffer[..count]);
            }
            catch (SocketException)
            {
                // Refused for now: the resolver is not there. Whoever waits for it does so in vain.
                await Task.Delay(10);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static byte[] Compose(ushort id, Question question)
    {
        var query = new List<byte> { (byte)(id >> 8), (byte)id, 1, (byte)(question.Cd ? 0x10 : 0), 0, 1, 0, 0, 0, 0, 0, 1 };
        foreach (var label in Labels().Matches(question.Name).Select(match => Octets().Replace(match.Value, Octet)))
        {
            query.Add((byte)label.Length);
            query.AddRange(Encoding.Latin1.GetBytes(label));
        }

        query.AddRange([0, (byte)(question.Code >> 8), (byte)question.Code, 0, 1]);
        // OPT: 1232 octets (DNS flag day 2020), and DO where it is asked for.
        query.AddRange([0, 0, 41, 1232 >> 8, 1232 & 255, 0, 0, (byte)(question.Do ? 0x80 : 0), 0, 0, 0]);
        return [.. query];
    }

    // Presentation form (RFC 1035 §5.1): a backslash, and three digits or the character itself.
    private static string Octet(Match match) => match.Value.Length == 4 ? ((char)int.Parse(match.Value[1..])).ToString() : match.Value[1..];

    [GeneratedRegex(@"(\\\d{3}|\\.|[^.\\])+")]
    private static partial Regex Labels();

    [GeneratedRegex(@"\\(\d{3}|.)")]
    private static partial Regex Octets();
}
