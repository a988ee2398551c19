using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using DnsGuard.Wire.Names;

namespace DnsGuard.Wire.Records.Rdata;

/// <summary>The data of SVCB and HTTPS records (RFC 9460 §2.2).</summary>
/// <param name="Priority">0 makes the record an alias (AliasMode).</param>
/// <param name="Target">The service's host; the root stands for the owner itself.</param>
/// <param name="Parameters">SvcParams, ascending by key, each key once.</param>
public sealed record SvcbRdata(ushort Priority, DomainName Target, IReadOnlyList<SvcbParameter> Parameters)
{
    /// <summary>Does the record only point elsewhere? (RFC 9460 §2.4.2)</summary>
    public bool IsAlias => Priority == 0;

    /// <summary>All addresses in <c>ipv4hint</c> and <c>ipv6hint</c>: a client may connect to any of them.</summary>
    public IEnumerable<IPAddress> Hints
    {
        get
        {
            foreach (var parameter in Parameters)
            {
                var octets = parameter.Key switch { SvcbKey.Ipv4Hint => 4, SvcbKey.Ipv6Hint => 16, _ => 0 };
                for (var at = 0; octets > 0 && at + octets <= parameter.Value.Length; at += octets)
                    yield return new IPAddress(parameter.Value.AsSpan(at, octets));
            }
        }
    }

    /// <summary>Reads RDATA; false where its framing, its order of keys or the length of a hint is wrong (RFC 9460 §2.2, §7.3).</summary>
    public static bool TryRead(ReadOnlySpan<byte> rdata, [NotNullWhen(true)] out SvcbRdata? svcb)
    {
        svcb = null;
        if (rdata.Length < 3)
            return false;
        // RFC 9460 §2.2: the TargetName is never compressed.
        var nameOctets = WireName.LengthOf(rdata[2..]);
        if (nameOctets < 0)
            return false;
        var parameters = new List<SvcbParameter>();
        var last = -1;
        for (var rest = rdata[(2 + nameOctets)..]; rest.Length > 0;)
        {
            if (rest.Length < 4)
                return false;
            var key = BinaryPrimitives.ReadUInt16BigEndian(rest);
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (key <= last || rest.Length < 4 + length || !IsWellFormed((SvcbKey)key, rest.Slice(4, length)))
                return false;
            last = key;
            parameters.Add(new SvcbParameter((SvcbKey)key, rest.Slice(4, length).ToArray()));
            rest = rest[(4 + length)..];
        }

        svcb = new SvcbRdata(BinaryPrimitives.ReadUInt16BigEndian(rdata), DomainName.FromWire(rdata.Slice(2, nameOctets)), parameters);
        return true;
    }

    /// <summary>The RDATA in wire form.</summary>
    public byte[] ToWire()
    {
        var wire = new byte[2 + Target.Octets.Length + Parameters.Sum(parameter => 4 + parameter.Value.Length)];
        BinaryPrimitives.WriteUInt16BigEndian(wire, Priority);
        Target.Octets.CopyTo(wire.AsSpan(2));
        var at = 2 + Target.Octets.Length;
        foreach (var parameter in Parameters)
        {
            BinaryPrimitives.WriteUInt16BigEndian(wire.AsSpan(at), (ushort)parameter.Key);
            BinaryPrimitives.WriteUInt16BigEndian(wire.AsSpan(at + 2), (ushort)parameter.Value.Length);
            parameter.Value.CopyTo(wire, at + 4);
            at += 4 + parameter.Value.Length;
        }

        return wire;
    }

    /// <summary>
    /// The record with some parameters replaced or taken out. A key that goes is taken out of <c>mandatory</c> too, or clients would
    /// discard the whole record (RFC 9460 §8).
    /// </summary>
    /// <param name="rewrite">The new value of a parameter, or null to take it out.</param>
    public SvcbRdata Rewrite(Func<SvcbParameter, byte[]?> rewrite)
    {
        var kept = new List<SvcbParameter>(Parameters.Count);
        foreach (var parameter in Parameters)
        {
            if (rewrite(parameter) is { } value)
                kept.Add(parameter with { Value = value });
        }

        if (kept.Count > 0 && kept[0].Key == SvcbKey.Mandatory)
        {
            var keys = MandatoryKeys(kept[0].Value).Where(key => kept.Exists(parameter => parameter.Key == key)).ToArray();
            if (keys.Length == 0)
                kept.RemoveAt(0);
            else
                kept[0] = kept[0] with { Value = [.. keys.SelectMany(key => new[] { (byte)((int)key >> 8), (byte)key })] };
        }

        return this with { Parameters = kept };
    }

    internal static IEnumerable<SvcbKey> MandatoryKeys(byte[] value)
    {
        for (var at = 0; at + 2 <= value.Length; at += 2)
            yield return (SvcbKey)BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(at));
    }

    private static bool IsWellFormed(SvcbKey key, ReadOnlySpan<byte> value) => key switch
    {
        SvcbKey.Mandatory => value.Length > 0 && value.Length % 2 == 0,
        SvcbKey.Port => value.Length == 2,
        SvcbKey.NoDefaultAlpn => value.Length == 0,
        SvcbKey.Ipv4Hint => value.Length > 0 && value.Length % 4 == 0,
        SvcbKey.Ipv6Hint => value.Length > 0 && value.Length % 16 == 0,
        _ => true,
    };
}
