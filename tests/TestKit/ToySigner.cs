using System.Buffers.Binary;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>Signs RRsets with one key (RFC 4034 §3). Every field of the signature can be made wrong.</summary>
/// <param name="Key">The key.</param>
/// <param name="Name">The Signer's Name: the apex of the zone.</param>
/// <param name="Inception">From when on the signature counts.</param>
/// <param name="Expiration">Until when it counts.</param>
public sealed record ToySigner(ToyKey Key, DomainName Name, DateTimeOffset Inception, DateTimeOffset Expiration)
{
    private const int FixedOctets = 18;

    /// <summary>The Labels field, where it shall not be that of the owner.</summary>
    public int? Labels { get; init; }

    /// <summary>The Original TTL field, where it shall not be the TTL of the RRset.</summary>
    public uint? OriginalTtl { get; init; }

    /// <summary>The Type Covered field, where it shall not be the type of the RRset.</summary>
    public RecordType? TypeCovered { get; init; }

    /// <summary>The Algorithm field, where it shall not be that of the key.</summary>
    public ToyAlgorithm? Algorithm { get; init; }

    /// <summary>The Key Tag field, where it shall not be that of the key.</summary>
    public ushort? KeyTag { get; init; }

    /// <summary>Turns one bit of the signature.</summary>
    public bool IsSpoiled { get; init; }

    /// <summary>Changes the finished data of the RRSIG record.</summary>
    public Func<byte[], byte[]>? Alter { get; init; }

    /// <summary>The data of an RRSIG record that covers a set.</summary>
    public byte[] Sign(RRset set)
    {
        var head = new byte[FixedOctets];
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)(TypeCovered ?? set.Type));
        head[2] = (byte)(Algorithm ?? Key.Algorithm);
        head[3] = (byte)(Labels ?? LabelsOf(set.Owner));
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), OriginalTtl ?? set.Ttl);
        // RFC 4034 §3.1.5: seconds since 1970 in serial arithmetic, so that what does not fit goes round.
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(8), unchecked((uint)Expiration.ToUnixTimeSeconds()));
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(12), unchecked((uint)Inception.ToUnixTimeSeconds()));
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(16), KeyTag ?? Key.Tag);
        byte[] fields = [.. head, .. Name.Octets];
        var signature = Key.Sign(SignedOctets(set, fields));
        if (IsSpoiled)
            signature[^1] ^= 1;
        byte[] rdata = [.. fields, .. signature];
        return Alter is null ? rdata : Alter(rdata);
    }

    /// <summary>Is this the signature of the set by the key? Neither the moment nor the zone is looked at.</summary>
    public static bool Verify(RRset set, byte[] rrsig, ToyKey key)
    {
        var fields = FixedOctets + WireName.LengthOf(rrsig.AsSpan(FixedOctets));
        return key.Verify(SignedOctets(set, rrsig.AsSpan(0, fields)), rrsig[fields..]);
    }

    /// <summary>What is signed: the fields of the RRSIG, then the records in canonical form and order (RFC 4034 §3.1.8.1).</summary>
    public static byte[] SignedOctets(RRset set, ReadOnlySpan<byte> fields)
    {
        var octets = new List<byte>(fields.ToArray());
        var owner = SignedOwner(set.Owner, fields[3]);
        // RFC 4034 §6.3: a set has no record twice.
        var rdatas = set.Rdatas.Select(rdata => ToyCanonical.Rdata(set.Type, rdata)).Order(ToyCanonical.RdataOrder).ToList();
        for (var i = 0; i < rdatas.Count; i++)
        {
            if (i > 0 && rdatas[i].AsSpan().SequenceEqual(rdatas[i - 1]))
                continue;
            octets.AddRange(owner);
            octets.AddRange([(byte)((int)set.Type >> 8), (byte)set.Type, 0, 1]);
            octets.AddRange(fields.Slice(4, 4));
            octets.AddRange([(byte)(rdatas[i].Length >> 8), (byte)rdatas[i].Length]);
            octets.AddRange(rdatas[i]);
        }

        return [.. octets];
    }

    /// <summary>The Labels field for an owner: neither the root's label nor an asterisk in front counts (RFC 4034 §3.1.3).</summary>
    public static int LabelsOf(DomainName owner) => owner.LabelCount - (owner.Octets.StartsWith("\x01*"u8) ? 1 : 0);

    // An owner with more labels than were signed has been synthesised from a wildcard (RFC 4035 §5.3.2).
    private static byte[] SignedOwner(DomainName owner, int labels) =>
        LabelsOf(owner) <= labels ? owner.Octets.ToArray() : [1, (byte)'*', .. owner.Ancestor(labels).Octets];
}
