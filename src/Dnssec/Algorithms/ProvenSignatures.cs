using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Dnssec.Algorithms;

/// <summary>Signatures that were found right, by a digest of key, signature and what was signed: a zone proves a thousand absences with the same NSEC record. Bounded; the newer takes the older's place.</summary>
/// <remarks>Only what is right is kept: whoever sends what is wrong has nothing to fill it with.</remarks>
internal sealed class ProvenSignatures
{
    /// <summary>Octets of a digest.</summary>
    public const int DigestOctets = SHA256.HashSizeInBytes;

    // One MiB, once the first signature was right.
    private const int Places = 1 << 15;

    private readonly Lock _lock = new();
    private byte[]? _digests;

    /// <summary>The digest of a check. Lengths are part of it, so that nothing can be moved from one part to the next.</summary>
    public static void Digest(DnskeyRdata key, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, Span<byte> digest)
    {
        var octets = 8 + key.Wire.Length + signature.Length + signed.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(octets);
        BinaryPrimitives.WriteInt32LittleEndian(buffer, key.Wire.Length);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(4), signature.Length);
        key.Wire.Span.CopyTo(buffer.AsSpan(8));
        signature.CopyTo(buffer.AsSpan(8 + key.Wire.Length));
        signed.CopyTo(buffer.AsSpan(8 + key.Wire.Length + signature.Length));
        SHA256.HashData(buffer.AsSpan(0, octets), digest);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Was it found right before?</summary>
    // Without the lock: what is read while it is written over equals nobody's digest.
    public bool Knows(ReadOnlySpan<byte> digest) => Volatile.Read(ref _digests) is { } digests && Place(digests, digest).SequenceEqual(digest);

    /// <summary>Keeps one that was right.</summary>
    public void Keep(ReadOnlySpan<byte> digest)
    {
        lock (_lock)
        {
            _digests ??= GC.AllocateArray<byte>(Places * DigestOctets, pinned: true);
            digest.CopyTo(Place(_digests, digest));
        }
    }

    private static Span<byte> Place(byte[] digests, ReadOnlySpan<byte> digest) => digests.AsSpan((int)(BinaryPrimitives.ReadUInt32LittleEndian(digest) % Places) * DigestOctets, DigestOctets);
}
