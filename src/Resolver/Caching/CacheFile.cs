using System.Buffers.Binary;
using System.Security.Cryptography;
using DnsGuard.Wire.Names;

namespace DnsGuard.Resolver.Caching;

/// <summary>A slab's records in a file, so that a restart need not ask the whole world again.</summary>
/// <remarks>
/// Magic and settings, then frames of realm, kind, name and value, then an empty frame and the SHA-256 of all before it. It is read whole or not at
/// all. What is in it are records, not verdicts: policy and grants decide at every query, as they do for records that were never saved.
/// </remarks>
internal static class CacheFile
{
    private const int FrameHead = 20;

    private static ReadOnlySpan<byte> Magic => "DNSGUARD-CACHE-1"u8;

    /// <summary>Writes the slab's records; returns how many.</summary>
    /// <param name="slab">Whose records.</param>
    /// <param name="setting">Under which settings they were learnt.</param>
    /// <param name="to">Where they go.</param>
    public static int Save(RingSlab slab, byte[] setting, Stream to)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0;
        Append(Magic);
        Append(setting);
        Span<byte> head = stackalloc byte[FrameHead];
        var buffer = new byte[RingSlab.MaxValueOctets];
        var name = new byte[NameLimits.NameOctets];
        for (var position = 0L; slab.Next(ref position, name, buffer, out var record);)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(head, record.Realm);
            BinaryPrimitives.WriteUInt32LittleEndian(head[8..], record.Kind);
            BinaryPrimitives.WriteInt32LittleEndian(head[12..], record.NameOctets);
            BinaryPrimitives.WriteInt32LittleEndian(head[16..], record.ValueOctets);
            Append(head);
            Append(name.AsSpan(0, record.NameOctets));
            Append(buffer.AsSpan(0, record.ValueOctets));
            count++;
        }

        head.Clear();
        Append(head);
        to.Write(hash.GetHashAndReset());
        return count;

        void Append(ReadOnlySpan<byte> octets)
        {
            hash.AppendData(octets);
            to.Write(octets);
        }
    }

    /// <summary>Reads records into a slab; returns how many.</summary>
    /// <exception cref="InvalidDataException">The file is cut, damaged, of another version, or was written under other settings.</exception>
    public static int Restore(RingSlab slab, byte[] setting, Stream from, Func<ulong, DomainName, uint, ulong> hashOf)
    {
        var all = new MemoryStream();
        from.CopyTo(all);
        var octets = all.GetBuffer().AsSpan(0, (int)all.Length);
        if (octets.Length < Magic.Length + setting.Length + FrameHead + SHA256.HashSizeInBytes || !octets.StartsWith(Magic)
            || !SHA256.HashData(octets[..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(octets[^SHA256.HashSizeInBytes..]))
        {
            throw new InvalidDataException("it is cut, damaged or of another version");
        }

        if (!octets[Magic.Length..].StartsWith(setting))
            throw new InvalidDataException("it was written under other settings");
        var count = 0;
        for (var rest = octets[(Magic.Length + setting.Length)..]; ; count++)
        {
            var (realm, kind) = (BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]));
            var (nameOctets, valueOctets) = (BinaryPrimitives.ReadInt32LittleEndian(rest[12..]), BinaryPrimitives.ReadInt32LittleEndian(rest[16..]));
            if (nameOctets == 0)
                return count;
            var name = DomainName.FromWire(rest.Slice(FrameHead, nameOctets));
            slab.Write(new SlabKey(hashOf(realm, name, kind), realm, kind, name.Octets), rest.Slice(FrameHead + nameOctets, valueOctets));
            rest = rest[(FrameHead + nameOctets + valueOctets)..];
        }
    }
}
