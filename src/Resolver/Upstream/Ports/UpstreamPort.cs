using System.Net.Sockets;
using System.Runtime.InteropServices;
using DnsGuard.Resolver.Listening;

namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>One socket on one random port, and the questions that are out through it, by their IDs. Under its own lock.</summary>
/// <remarks>No ID is used twice on a port: a pair of port and ID never comes back, and a late answer is told from a forger's guess.</remarks>
internal sealed unsafe class UpstreamPort
{
    private const int ConnectionRefused = 111;

    private readonly Socket _socket;
    private readonly Dictionary<ushort, OpenQuestion> _open = [];
    private readonly ushort[] _used;
    private readonly long _worksUntil;
    private readonly Lock _lock = new();
    private int _count;
    private int _holders;
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

    /// <summary>Takes a question and gives it an ID that no other had here; false where the port is worn out. The port stays open at least until <see cref="Send"/> has returned.</summary>
    public bool TryAdd(OpenQuestion question, long now)
    {
        lock (_lock)
        {
            if (_isRetired || _count == _used.Length || now >= _worksUntil)
                return false;
            ushort id;
            do
                id = Unpredictable.Id();
            while (_used.AsSpan(0, _count).Contains(id));
            _used[_count++] = id;
            question.Query.Id = id;
            question.Port = this;
            _open.Add(id, question);
            _holders++;
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
            isOver = EndsLocked();
        }

        if (isOver)
            Close();
        return true;
    }

    /// <summary>No more questions; those that are out may still be answered.</summary>
    public void Retire()
    {
        bool isOver;
        lock (_lock)
        {
            _isRetired = true;
            isOver = EndsLocked();
        }

        if (isOver)
            Close();
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

    /// <summary>Sends a question that was added; once for each.</summary>
    /// <exception cref="SocketException">The network does not take it.</exception>
    public void Send(OpenQuestion question)
    {
        try
        {
            fixed (byte* octets = question.Query.Octets.Span, address = question.Address)
            {
                // An error that the network told of some other question's datagram comes back from the next call, whosever it is: once told, it is gone.
                for (var tries = 0; ; tries++)
                {
                    // SAFETY: both are pinned for the length of the call, and the port is held since the question was added.
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
            Release();
        }
    }

    /// <summary>Keeps the handle from closing; false where it is closed already.</summary>
    /// <remarks>Counted here and not by the handle: whoever closes a socket that is held waits until it is not, and the receiver closes ports that it holds itself.</remarks>
    public bool TryHold()
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;
            _holders++;
            return true;
        }
    }

    /// <summary>Ends what <see cref="TryHold"/> began.</summary>
    public void Release()
    {
        bool isOver;
        lock (_lock)
        {
            _holders--;
            isOver = EndsLocked();
        }

        if (isOver)
            Close();
    }

    // True once: for whoever has to close it.
    private bool EndsLocked()
    {
        if (!_isRetired || _isClosed || _open.Count > 0 || _holders > 0)
            return false;
        return _isClosed = true;
    }

    private void Close()
    {
        // Forgotten first: once it is closed, the kernel may give its number to another.
        Closed(this);
        _socket.Dispose();
    }
}
