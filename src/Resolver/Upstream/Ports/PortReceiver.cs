using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using DnsGuard.Resolver.Listening;

namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>One thread that reads many ports: waits until some have something, takes a batch from each, hands every datagram on.</summary>
/// <remarks>What an answer leads to runs here in line, since waking another thread costs more than most of it. What takes long has to leave: see <see cref="IsCurrent"/>.</remarks>
internal sealed unsafe class PortReceiver : IDisposable
{
    private const int Slots = 8;
    private const int MaxReady = 64;
    private const int ControlOctets = 128;
    private const int SlotHeadOctets = SocketAddressOctets.Most + 4;

    // A port that the network tells of more errors than that at once is looked at again in the next turn.
    private const int MaxErrorsAtOnce = 64;

    [ThreadStatic]
    private static bool _isCurrent;

    private readonly ConcurrentDictionary<int, UpstreamPort> _ports = [];
    private readonly IPortListener _listener;
    private readonly int _datagramOctets;
    private readonly int _poll;
    private readonly int _bell;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="datagramOctets">The longest datagram read; the rest of a longer one is lost.</param>
    /// <param name="listener">Who judges.</param>
    /// <param name="index">For the thread's name.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has no handle left.</exception>
    public PortReceiver(int datagramOctets, IPortListener listener, int index)
    {
        (_datagramOctets, _listener) = (datagramOctets, listener);
        _poll = PortCalls.NewPoll(0);
        _bell = PortCalls.NewBell(0, 0);
        if (_poll < 0 || _bell < 0)
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
        Watch(_bell);
        _thread = new Thread(Run) { IsBackground = true, Name = $"upstream-{index}" };
        _thread.Start();
    }

    /// <summary>Is this thread a receiver? Then whoever has work of more than some microseconds leaves it to another: all answers wait for it.</summary>
    public static bool IsCurrent => _isCurrent;

    /// <summary>Ports read now.</summary>
    public ICollection<UpstreamPort> Ports => _ports.Values;

    /// <summary>Reads a port from now on.</summary>
    public void Add(UpstreamPort port)
    {
        _ports[port.Number] = port;
        Watch(port.Number);
    }

    /// <summary>Forgets a port that is about to close; the kernel stops watching a closed handle by itself.</summary>
    public void Remove(UpstreamPort port) => _ports.TryRemove(new KeyValuePair<int, UpstreamPort>(port.Number, port));

    /// <summary>Ends the thread. What it leads to may end it too, so it is not waited for from within.</summary>
    public void Dispose()
    {
        if (_isStopping)
            return;
        _isStopping = true;
        var ring = 1UL;
        // SAFETY: eight octets of this stack, as an event's counter wants them.
        _ = PortCalls.Write(_bell, &ring, sizeof(ulong));
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private void Watch(int number)
    {
        var what = stackalloc byte[16];
        new Span<byte>(what, 16).Clear();
        *(uint*)what = PortCalls.Readable;
        *(int*)(what + PortCalls.EventNumberAt) = number;
        // SAFETY: one event on this stack; the kernel copies it.
        if (PortCalls.Watch(_poll, PortCalls.EpollAdd, number, what) < 0)
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
    }

    private void Run()
    {
        _isCurrent = true;
        var slotOctets = (_datagramOctets + SlotHeadOctets + 63) & ~63;
        // SAFETY: one block, cut up below: the events, the heads, the vectors, then a slot's address and datagram for each. This thread alone uses it, and frees it last.
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)((MaxReady * 16) + (Slots * (sizeof(Libc.MessageSlot) + sizeof(Libc.IoVector) + slotOctets))), 64);
        var heads = (Libc.MessageSlot*)(memory + (MaxReady * 16));
        var vectors = (Libc.IoVector*)(heads + Slots);
        var slots = (byte*)(vectors + Slots);
        using var outbox = new Outbox(_datagramOctets);
        outbox.Open();
        try
        {
            while (!_isStopping)
            {
                var count = PortCalls.Wait(_poll, memory, MaxReady, -1);
                for (var i = 0; i < count && !_isStopping; i++)
                {
                    var ready = memory + (i * PortCalls.EventOctets);
                    if (_ports.TryGetValue(*(int*)(ready + PortCalls.EventNumberAt), out var port) && port.TryHold())
                        Read(port, *(uint*)ready, heads, vectors, slots, slotOctets);
                }

                outbox.Send();
            }
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
            _ = PortCalls.Close(_poll);
            _ = PortCalls.Close(_bell);
        }
    }

    private void Read(UpstreamPort port, uint events, Libc.MessageSlot* heads, Libc.IoVector* vectors, byte* slots, int slotOctets)
    {
        try
        {
            if ((events & PortCalls.Failed) != 0)
                ReadErrors(port, slots);
            for (var slot = 0; slot < Slots; slot++)
            {
                var at = slots + (slot * slotOctets);
                vectors[slot] = new Libc.IoVector { Base = at + SlotHeadOctets, Octets = (nuint)_datagramOctets };
                heads[slot].Head = new Libc.MessageHead { Name = at, NameOctets = SocketAddressOctets.Most, Vectors = vectors + slot, VectorCount = 1 };
            }

            // SAFETY: heads, vectors and slots are this thread's, and the handle is held. What is left over makes the port ready again.
            var count = Libc.ReceiveMany(port.Number, heads, Slots, PortCalls.DontWait, 0);
            for (var slot = 0; slot < count; slot++)
            {
                var at = slots + (slot * slotOctets);
                _listener.Arrived(port, new ReadOnlySpan<byte>(at, (int)Math.Min(heads[slot].Head.NameOctets, SocketAddressOctets.Most)), new ReadOnlySpan<byte>(at + SlotHeadOctets, (int)Math.Min(heads[slot].Octets, (uint)_datagramOctets)));
            }
        }
        finally
        {
            port.Release();
        }
    }

    // Ports are not connected, so nobody is told in line that a server's port is closed: the kernel keeps it for whoever asks (IP_RECVERR).
    private void ReadErrors(UpstreamPort port, byte* slot)
    {
        var control = stackalloc byte[ControlOctets];
        for (var i = 0; i < MaxErrorsAtOnce; i++)
        {
            var vector = new Libc.IoVector { Base = slot + SlotHeadOctets, Octets = (nuint)_datagramOctets };
            var head = new Libc.MessageHead { Name = slot, NameOctets = SocketAddressOctets.Most, Vectors = &vector, VectorCount = 1, Control = control, ControlOctets = ControlOctets };
            // SAFETY: everything pointed to is this thread's or on its stack for the length of the call; the handle is held.
            var octets = PortCalls.Receive(port.Number, &head, PortCalls.ErrorQueue | PortCalls.DontWait);
            if (octets < 0)
                return;
            // cmsghdr is length (8), level (4), type (4); then sock_extended_err begins with the error number.
            if (head.ControlOctets >= 20 && *(int*)(control + 8) is PortCalls.IpProtocol or PortCalls.Ipv6Protocol)
                _listener.Refused(port, new ReadOnlySpan<byte>(slot, (int)Math.Min(head.NameOctets, SocketAddressOctets.Most)), new ReadOnlySpan<byte>(slot + SlotHeadOctets, (int)octets), *(int*)(control + 16));
        }
    }
}
