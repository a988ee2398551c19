using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace DnsGuard.Client;

/// <summary>Queries leave at their times, whether or not answers have come: a slow server does not slow the asking, so its delays are all seen.</summary>
internal sealed partial class OpenLoop : IDisposable
{
    private const int MonotonicClock = 1;
    private const int AbsoluteTime = 1;
    private const int PatienceMilliseconds = 2_000;

    private readonly Socket _socket;
    private readonly byte[][] _queries;
    private readonly long[] _sentAt;
    private readonly long[] _answeredAt;
    private readonly bool[] _isGood;
    private readonly int _rate;

    public OpenLoop(IPEndPoint server, string zone, int first, int count, int rate)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = PatienceMilliseconds };
        _socket.Connect(server);
        _queries = [.. Enumerable.Range(0, count).Select(i => Query((ushort)i, $"n{first + i}.{zone}"))];
        (_sentAt, _answeredAt, _isGood, _rate) = (new long[count], new long[count], new bool[count], rate);
    }

    /// <summary>Asks everything, and waits for the last answers.</summary>
    public void Run()
    {
        var receiver = new Thread(Receive) { IsBackground = true };
        receiver.Start();
        var random = new Random(1);
        var interval = 1_000_000_000.0 / _rate;
        var at = Now() + 20_000_000;
        for (var i = 0; i < _queries.Length; i++)
        {
            // Half an interval of jitter either way: no beat with timers of the server.
            SleepUntil(at + (long)((random.NextDouble() - 0.5) * interval));
            at += (long)interval;
            // Volatile: the other thread must find the time when it has the answer.
            Volatile.Write(ref _sentAt[i], Stopwatch.GetTimestamp());
            _socket.Send(_queries[i]);
        }

        receiver.Join();
    }

    /// <summary>p50, p99, mean and longest in µs, and how many were answered well and how many not, without the first few.</summary>
    public string Describe(int skip)
    {
        var times = Enumerable.Range(skip, _queries.Length - skip)
            .Where(i => _isGood[i]).Select(i => Stopwatch.GetElapsedTime(_sentAt[i], _answeredAt[i]).TotalMicroseconds).Order().ToList();
        var failed = _queries.Length - skip - times.Count;
        if (times.Count == 0)
            return $"0 0 0 0 0 {failed}";
        double Rank(double share) => times[Math.Min(times.Count - 1, (int)(times.Count * share))];
        return string.Create(CultureInfo.InvariantCulture, $"{Rank(0.5):0.0} {Rank(0.99):0.0} {times.Average():0.0} {times[^1]:0.0} {times.Count} {failed}");
    }

    public void Dispose() => _socket.Dispose();

    private void Receive()
    {
        Span<byte> answer = stackalloc byte[1_500];
        try
        {
            for (var left = _queries.Length; left > 0;)
            {
                var octets = _socket.Receive(answer);
                var now = Stopwatch.GetTimestamp();
                var i = BinaryPrimitives.ReadUInt16BigEndian(answer);
                if (octets < 12 || i >= _queries.Length || _answeredAt[i] != 0)
                    continue;
                _answeredAt[i] = now;
                // NOERROR with an answer; everything else is a failure of the set-up.
                _isGood[i] = (answer[3] & 0xF) == 0 && BinaryPrimitives.ReadUInt16BigEndian(answer[6..]) > 0;
                left--;
            }
        }
        catch (SocketException)
        {
            // Silence for longer than any answer takes: what has not come is counted as failed.
        }
    }

    private static byte[] Query(ushort id, string name)
    {
        var query = new byte[12 + name.Length + 2 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(query, id);
        query[2] = 1; // RD
        query[5] = 1; // one question
        var at = 12;
        foreach (var label in name.Split('.'))
        {
            query[at] = (byte)label.Length;
            at += 1 + Encoding.ASCII.GetBytes(label, query.AsSpan(at + 1));
        }

        query[at + 2] = 1; // A
        query[at + 4] = 1; // IN
        return query;
    }

    private static long Now()
    {
        _ = ClockGetTime(MonotonicClock, out var time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    private static void SleepUntil(long nanoseconds)
    {
        var time = new TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        // A signal ends a sleep early; since the time is absolute, it is simply slept again.
        while (ClockNanoSleep(MonotonicClock, AbsoluteTime, time, 0) == 4)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanoSleep(int clock, int flags, in TimeSpec time, nint remaining);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
