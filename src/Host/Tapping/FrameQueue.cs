using System.Buffers.Binary;

namespace DnsGuard.Host.Tapping;

/// <summary>Frames between the tap's pump and one place they go to. Full means dropped and counted: a slow reader slows nobody else.</summary>
/// <param name="octets">How many may wait, for the reader who is away as for the one who is slow.</param>
internal sealed class FrameQueue(int octets)
{
    private readonly Lock _lock = new();
    private byte[] _filling = GC.AllocateUninitializedArray<byte>(octets);
    private byte[] _taken = GC.AllocateUninitializedArray<byte>(octets);
    private int _filled;
    private long _dropped;
    private long _written;

    /// <summary>Frames that found no room, or were lost on their way.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Frames that were handed over.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Adds a frame, or counts it as dropped.</summary>
    public void Add(ReadOnlySpan<byte> frame)
    {
        lock (_lock)
        {
            if (_filled + FrameStream.LengthOctets + frame.Length > octets)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            BinaryPrimitives.WriteInt32BigEndian(_filling.AsSpan(_filled), frame.Length);
            frame.CopyTo(_filling.AsSpan(_filled + FrameStream.LengthOctets));
            _filled += FrameStream.LengthOctets + frame.Length;
        }
    }

    /// <summary>All frames that wait; valid until the next call. One thread at a time.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        lock (_lock)
        {
            (_filling, _taken) = (_taken, _filling);
            var taken = _taken.AsMemory(0, _filled);
            _filled = 0;
            return taken;
        }
    }

    /// <summary>Counts what became of frames that were taken.</summary>
    /// <param name="frames">All of them.</param>
    /// <param name="handedOver">How many of their octets arrived.</param>
    public void Account(ReadOnlySpan<byte> frames, int handedOver)
    {
        var lost = FrameStream.CountFrom(frames, handedOver);
        Interlocked.Add(ref _dropped, lost);
        Interlocked.Add(ref _written, FrameStream.CountFrom(frames, 0) - lost);
    }
}
