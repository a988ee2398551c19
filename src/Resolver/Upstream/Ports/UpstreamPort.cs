using System.Net.Sockets;
using System.Runtime.InteropServices;
using DnsGuard.Resolver.Listening;

namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>One socket on one random port, and the questions that are out through it, by their IDs. Under its own lock.</summary>
/// <remarks>No ID is used twice on a port: a pair of port and ID never comes back, and a late answer is told from a forger's guess.</remarks>
internal sealed unsafe class UpstreamPort : IDisposable
{
    private const int ConnectionRefused = 111;

    private readonly Socket _socket;
    private readonly Dictionary<ushort, OpenQuestion> _open = [];
    private readonly ushort[] _used;
    private readonly long _worksUntil;
    private readonly Lock _lock = new();
    private int _count;
    private bool _isRetired;
    private bool _isClosed;

    /// <summary>Takes a bound socket.</summary>
    /// <param name="socket">The socket; it is closed with the port.</param>
    /// <param name="receiver">Who reads it.</param>
    /// <param name="mostQuestions">How many questions it is good for.</param>
    /// <param name="worksUntil">Until when, by the clock that is never stepped.</param>
    public UpstreamPort(Socket socket, PortReceiver receiver, int mostQuestions, long worksUntil)
    {
        (_socket, _worksUntil) = (socket, worksUntil);
        _used = new ushort[mostQuestions];
        Number = (int)socket.SafeHandle.DangerousGetHandle();
        receiver.Add(this);
        Closed = receiver.Remove;
    }

    /// <summary>The handle's number; another socket may have it once this one is closed.</summary>
    public int Number { get; }

    private Action<UpstreamPort> Closed { get; }

    /// <summary>Takes a question and gives it an ID that no other had here; false where the port is worn out.</summary>
    public bool TryAdd(OpenQuestion question, long now)
    {
        lock (_lock)
        {
            if (_isRetired || _isClosed || _count == _used.Length || now >= _worksUntil)
                return false;
            ushort id;
            do
                id = Unpredictable.Id();
            while (_used.AsSpan(0, _count).Contains(id));
            _used[_count++] = id;
            question.Query.Id = id;
            question.Port = this;
            _open.Add(id, question);
            return true;
        }
    }

    /// <summary>Takes a question off; false where somebody else was faster. The last one closes a port that is retired.</summary>
    public bool TryTake(OpenQuestion question)
    {
        bool isOver;
        lock (_lock)
        {
            if (!_open.TryGetValue(question.Query.Id, out var open) || open != question)
                return false;
            _open.Remove(question.Query.Id);
            isOver = _isRetired && _open.Count == 0;
        }

        if (isOver)
            Dispose();
        return true;
    }

    /// <summary>No more questions; those that are out may still be answered.</summary>
    public void Retire()
    {
        bool isOver;
        lock (_lock)
        {
            _isRetired = true;
            isOver = _open.Count == 0;
        }

        if (isOver)
            Dispose();
    }

    /// <summary>The question that an ID belongs to.</summary>
    /// <param name="id">The ID.</param>
    /// <param name="wasUsed">Did it belong to one before? Then a datagram with it is late, and no guess.</param>
    public OpenQuestion? Find(ushort id, out bool wasUsed)
    {
        lock (_lock)
        {
            var question = _open.GetValueOrDefault(id);
            wasUsed = question is null && _used.AsSpan(0, _count).Contains(id);
            return question;
        }
    }

    /// <summary>Every question that is out through this port, of those that a condition holds for.</summary>
    public void Collect(List<OpenQuestion> into, Func<OpenQuestion, bool>? condition = null)
    {
        lock (_lock)
        {
            foreach (var question in _open.Values)
            {
                if (condition is null || condition(question))
                    into.Add(question);
            }
        }
    }

    /// <summary>Sends a question that was added.</summary>
    /// <exception cref="SocketException">The network does not take it.</exception>
    public void Send(OpenQuestion question)
    {
        var added = false;
        try
        {
            _socket.SafeHandle.DangerousAddRef(ref added);
            fixed (byte* octets = question.Query.Octets.Span, address = question.Address)
            {
                // An error that the network told of some other question's datagram comes back from the next call, whosever it is: once told, it is gone.
                for (var tries = 0; ; tries++)
                {
                    // SAFETY: both are pinned for the length of the call, and the handle is kept from closing.
                    if (PortCalls.SendTo(Number, octets, (nuint)question.Query.Octets.Length, 0, address, (uint)question.Address.Length) >= 0)
                        return;
                    var error = Marshal.GetLastPInvokeError();
                    if (tries == 3 || error is not (ConnectionRefused or Libc.Interrupted or (int)Posix.HostUnreachable or (int)Posix.NetworkUnreachable))
                        throw new SocketException((int)Posix.ToSocketError(error));
                }
            }
        }
        finally
        {
            if (added)
                _socket.SafeHandle.DangerousRelease();
        }
    }

    /// <summary>Runs something while the handle is kept from closing; false where it is closed already.</summary>
    public bool TryHold()
    {
        try
        {
            var added = false;
            _socket.SafeHandle.DangerousAddRef(ref added);
            return added;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Ends what <see cref="TryHold"/> began.</summary>
    public void Release() => _socket.SafeHandle.DangerousRelease();

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = _isRetired = true;
        }

        Closed(this);
        _socket.Dispose();
    }
}
