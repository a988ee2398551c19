using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Listening;

/// <summary>Slots for a batch of datagrams and the arrays the kernel wants over them; made once, owned by one worker.</summary>
internal sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>How many datagrams one call takes. The cost of a call is spread thin at 32, and a batch stays in the first-level cache.</summary>
    public const int Slots = 32;

    private const int PeerOctets = 28;
    private const int ControlOctets = 64;
    private const int InternetFamily = 2;

    private readonly int _datagramOctets;
    private readonly byte* _memory;
    private readonly byte* _answers;
    private readonly byte* _peers;
    private readonly byte* _controls;
    private readonly Libc.IoVector* _vectors;
    private readonly Libc.MessageSlot* _received;
    private readonly Libc.MessageSlot* _toSend;
    private int _sending;
    private int _touched = Slots;

    /// <summary>Takes the memory.</summary>
    /// <param name="datagramOctets">The largest query and the largest answer.</param>
    public DatagramBatch(int datagramOctets)
    {
        _datagramOctets = datagramOctets;
        var slotOctets = (datagramOctets * 2) + PeerOctets + 4 + ControlOctets + (2 * sizeof(Libc.IoVector)) + (2 * sizeof(Libc.MessageSlot));
        // SAFETY: one zeroed block, cut into arrays below; it lives until Dispose, and the worker calls that after its last system call.
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(slotOctets * Slots) + 64, 64);
        new Span<byte>(_memory, (slotOctets * Slots) + 64).Clear();
        _received = (Libc.MessageSlot*)_memory;
        _toSend = _received + Slots;
        _vectors = (Libc.IoVector*)(_toSend + Slots);
        _controls = (byte*)(_vectors + (2 * Slots));
        _peers = _controls + (ControlOctets * Slots);
        _answers = _peers + ((PeerOctets + 4) * Slots);
        for (var slot = 0; slot < Slots; slot++)
        {
            _vectors[slot] = new Libc.IoVector { Base = QueryBase(slot), Octets = (nuint)datagramOctets };
            _vectors[Slots + slot] = new Libc.IoVector { Base = _answers + (slot * datagramOctets) };
        }
    }

    /// <summary>Waits for datagrams: at least one, at most <see cref="Slots"/>.</summary>
    /// <returns>How many came; negative for an error, whose number the system call left behind.</returns>
    public int Receive(int socket)
    {
        _sending = 0;
        // Only what the kernel wrote to the last time.
        for (var slot = 0; slot < _touched; slot++)
        {
            _received[slot].Head = new Libc.MessageHead
            {
                Name = _peers + (slot * (PeerOctets + 4)),
                NameOctets = PeerOctets,
                Vectors = _vectors + slot,
                VectorCount = 1,
                Control = _controls + (slot * ControlOctets),
                ControlOctets = ControlOctets,
            };
        }

        var count = Libc.ReceiveMany(socket, _received, Slots, Libc.WaitForOne, 0);
        _touched = Math.Max(count, 0);
        return count;
    }

    /// <summary>Was the datagram longer than a slot? Then it is no query of ours.</summary>
    public bool IsOverlong(int slot) => (_received[slot].Head.Flags & Libc.TruncatedDatagram) != 0;

    /// <summary>The octets of a datagram.</summary>
    // SAFETY: the kernel never reports more octets than the vector we gave it.
    public ReadOnlySpan<byte> Query(int slot) => new(QueryBase(slot), (int)Math.Min(_received[slot].Octets, (uint)_datagramOctets));

    /// <summary>Who sent it.</summary>
    public InternetAddress Client(int slot)
    {
        var peer = Peer(slot);
        return BinaryPrimitives.ReadUInt16LittleEndian(peer) == InternetFamily
            ? InternetAddress.FromOctets(peer.Slice(4, 4))
            : InternetAddress.FromOctets(peer.Slice(8, 16));
    }

    /// <summary>The sender's socket address.</summary>
    public ReadOnlySpan<byte> Peer(int slot) => new(_received[slot].Head.Name, (int)Math.Min(_received[slot].Head.NameOctets, PeerOctets));

    /// <summary>The control messages that came along.</summary>
    public ReadOnlySpan<byte> Control(int slot) => new(_received[slot].Head.Control, (int)Math.Min(_received[slot].Head.ControlOctets, ControlOctets));

    /// <summary>Room for the answer to a slot's query.</summary>
    public Span<byte> Answer(int slot) => new(_answers + (slot * _datagramOctets), _datagramOctets);

    /// <summary>Adds a slot's answer to those that leave with the next <see cref="Send"/>.</summary>
    public void Enqueue(int slot, int octets)
    {
        _vectors[Slots + slot].Octets = (nuint)octets;
        _toSend[_sending].Head = _received[slot].Head;
        _toSend[_sending].Head.Vectors = _vectors + Slots + slot;
        _toSend[_sending].Head.Flags = 0;
        _sending++;
    }

    /// <summary>Sends what was enqueued. A datagram that the kernel does not take is skipped: its sender will ask again.</summary>
    public void Send(int socket)
    {
        for (var sent = 0; sent < _sending;)
        {
            var count = Libc.SendMany(socket, _toSend + sent, (uint)(_sending - sent), 0);
            sent += count > 0 ? count : 1;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_memory);

    private byte* QueryBase(int slot) => _answers + ((Slots + slot) * _datagramOctets);
}
