using System.Runtime.InteropServices;
using DnsGuard.Resolver.Answering;

namespace DnsGuard.Resolver.Listening;

/// <summary>What a thread sends while it goes through a batch of datagrams. It leaves when the thread is through, so that whoever receives is woken once, not for each.</summary>
internal sealed unsafe class Outbox : IDisposable
{
    // At some 10 µs an answer nobody waits long for the others.
    private const int Slots = 16;
    private const int PeerOctets = 32;
    private const int ControlOctets = 64;

    [ThreadStatic]
    private static Outbox? _current;

    private readonly int _datagramOctets;
    private readonly byte* _memory;
    private readonly Libc.MessageSlot* _heads;
    private readonly Libc.IoVector* _vectors;
    private readonly byte* _datagrams;
    private readonly List<IDeparture> _departures = [];
    private SafeHandle? _socket;
    private int _replies;

    /// <summary>Takes the memory.</summary>
    /// <param name="datagramOctets">The largest reply; longer ones leave at once.</param>
    public Outbox(int datagramOctets)
    {
        _datagramOctets = datagramOctets;
        var octets = (nuint)(Slots * (sizeof(Libc.MessageSlot) + sizeof(Libc.IoVector) + PeerOctets + ControlOctets + datagramOctets));
        // SAFETY: one block, cut into arrays; its thread frees it after its last system call.
        _memory = (byte*)NativeMemory.AlignedAlloc(octets, 64);
        _heads = (Libc.MessageSlot*)_memory;
        _vectors = (Libc.IoVector*)(_heads + Slots);
        _datagrams = (byte*)(_vectors + Slots);
    }

    /// <summary>This thread's; null for a thread that goes through no batches: what it sends leaves at once.</summary>
    public static Outbox? Current => _current;

    /// <summary>Makes it this thread's.</summary>
    public void Open() => _current = this;

    /// <summary>Adds something that leaves by itself.</summary>
    public void Add(IDeparture departure)
    {
        _departures.Add(departure);
        if (_departures.Count >= Slots)
            SendDepartures();
    }

    /// <summary>Adds a reply; false where it has to leave by itself.</summary>
    public bool TryAdd(SafeHandle socket, ReadOnlySpan<byte> reply, in ReplyAddress address)
    {
        if (reply.Length > _datagramOctets || address.Peer.Length > PeerOctets || address.Control.Length > ControlOctets)
            return false;
        if (_replies == Slots || (_replies > 0 && _socket != socket))
            SendReplies();
        _socket = socket;
        var at = _datagrams + (_replies * (PeerOctets + ControlOctets + _datagramOctets));
        // SAFETY: the lengths were checked against the slot's.
        address.Peer.CopyTo(new Span<byte>(at, PeerOctets));
        address.Control.CopyTo(new Span<byte>(at + PeerOctets, ControlOctets));
        reply.CopyTo(new Span<byte>(at + PeerOctets + ControlOctets, _datagramOctets));
        _vectors[_replies] = new Libc.IoVector { Base = at + PeerOctets + ControlOctets, Octets = (nuint)reply.Length };
        _heads[_replies].Head = new Libc.MessageHead
        {
            Name = at,
            NameOctets = (uint)address.Peer.Length,
            Vectors = _vectors + _replies,
            VectorCount = 1,
            Control = at + PeerOctets,
            ControlOctets = (nuint)address.Control.Length,
        };
        _replies++;
        return true;
    }

    /// <summary>Sends all of it.</summary>
    public void Send()
    {
        if (_replies > 0)
            SendReplies();
        if (_departures.Count > 0)
            SendDepartures();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _current = null;
        NativeMemory.AlignedFree(_memory);
    }

    private void SendReplies()
    {
        var (count, added) = (_replies, false);
        _replies = 0;
        try
        {
            _socket!.DangerousAddRef(ref added);
            // SAFETY: heads and what they point to are ours, and the handle is kept from closing.
            for (var sent = 0; sent < count;)
                sent += Math.Max(1, Libc.SendMany((int)_socket.DangerousGetHandle(), _heads + sent, (uint)(count - sent), 0));
        }
        catch (ObjectDisposedException)
        {
            // The server has stopped; whoever waits will ask another one.
        }
        finally
        {
            if (added)
                _socket!.DangerousRelease();
        }
    }

    private void SendDepartures()
    {
        foreach (var departure in _departures)
            departure.Leave();
        _departures.Clear();
    }
}

/// <summary>Something that waits to be sent.</summary>
internal interface IDeparture
{
    /// <summary>Sends it. Never throws: whoever asked for it learns otherwise how it went.</summary>
    void Leave();
}
