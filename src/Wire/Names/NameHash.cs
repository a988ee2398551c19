using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace DnsGuard.Wire.Names;

/// <summary>A keyed hash of canonical names, so that clients cannot aim collisions at our tables.</summary>
/// <remarks>
/// The hash of a name is made from its first label and the hash of its parent. One walk from the root therefore yields the hashes of
/// the name and of all its ancestors: the policy probes them all, and the answer cache uses the first.
/// The key is drawn at start and never leaves the process.
/// </remarks>
public static class NameHash
{
    private static readonly ulong Key0 = DrawKey();
    private static readonly ulong Key1 = DrawKey();

    /// <summary>The hash of the root.</summary>
    public static ulong Root => Key0;

    /// <summary>The hash of a canonical name.</summary>
    public static ulong Of(ReadOnlySpan<byte> canonical)
    {
        Span<byte> starts = stackalloc byte[NameLimits.Labels];
        var labels = LabelStarts(canonical, starts);
        var hash = Key0;
        for (var i = labels - 1; i >= 0; i--)
            hash = Extend(hash, canonical.Slice(starts[i] + 1, canonical[starts[i]]));
        return hash;
    }

    /// <summary>Hashes a canonical name and every ancestor but the root.</summary>
    /// <param name="canonical">Lower-case wire form.</param>
    /// <param name="starts">Receives where each label starts; entry 0 is the whole name. 127 entries suffice.</param>
    /// <param name="hashes">Receives the hash of the name that starts there. 127 entries suffice.</param>
    /// <returns>The number of labels.</returns>
    public static int OfEverySuffix(ReadOnlySpan<byte> canonical, Span<byte> starts, Span<ulong> hashes)
    {
        var labels = LabelStarts(canonical, starts);
        var hash = Key0;
        for (var i = labels - 1; i >= 0; i--)
            hashes[i] = hash = Extend(hash, canonical.Slice(starts[i] + 1, canonical[starts[i]]));
        return labels;
    }

    /// <summary>The hash of the child of a name whose hash is known.</summary>
    public static ulong Extend(ulong parent, ReadOnlySpan<byte> label)
    {
        var hash = parent ^ ((ulong)label.Length * 0x9E37_79B9_7F4A_7C15);
        while (label.Length > 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(label), Key1);
            label = label[8..];
        }

        return Mix(hash ^ Tail(label), Key1);
    }

    /// <summary>Folds another number into a hash: how a table keys a name together with a type or a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong With(ulong hash, ulong number) => Mix(hash ^ (number * 0x9E37_79B9_7F4A_7C15), Key1);

    // Up to eight octets as a little-endian number, by reads that may overlap: what is read twice is the same.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Tail(ReadOnlySpan<byte> label) => label.Length switch
    {
        >= 4 => BinaryPrimitives.ReadUInt32LittleEndian(label) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(label[^4..]) << (8 * (label.Length - 4))),
        >= 2 => BinaryPrimitives.ReadUInt16LittleEndian(label) | ((ulong)label[^1] << (8 * (label.Length - 1))),
        1 => label[0],
        _ => 0,
    };

    private static int LabelStarts(ReadOnlySpan<byte> canonical, Span<byte> starts)
    {
        var labels = 0;
        for (var at = 0; canonical[at] != 0; at += canonical[at] + 1)
            starts[labels++] = (byte)at;
        return labels;
    }

    // The key multiplies. It does so on what is spread already: on its own, one key in fourteen left the hashes of names that differ in a
    // few digits to a fraction of the places they should fall on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong left, ulong right)
    {
        left *= 0x9E37_79B9_7F4A_7C15;
        left ^= left >> 32;
        var high = Math.BigMul(left, right, out var low);
        return high ^ low ^ left;
    }

    // An even multiplier would lose the top bit of what it multiplies.
    private static ulong DrawKey() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;
}
