using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>Cookies for clients (RFC 7873), made so that any of our nodes with the same secret could check them (RFC 9018). Allocates nothing.</summary>
internal sealed class ServerCookies
{
    /// <summary>Client cookie and our half.</summary>
    public const int Octets = 24;

    private const int ClientOctets = 8;
    private const int MaxOctets = 40;
    private const byte Version = 1;

    // RFC 9018 §4.3: taken for an hour, renewed after half of it; five minutes of grace for clocks that differ.
    private const uint MaxAge = 3_600;
    private const uint RenewalAge = 1_800;
    private const uint MaxAhead = 300;

    private readonly ulong _low;
    private readonly ulong _high;

    /// <summary>Takes a fresh secret.</summary>
    public ServerCookies()
        : this(RandomNumberGenerator.GetBytes(16))
    {
    }

    /// <summary>Takes a secret of 16 octets.</summary>
    public ServerCookies(ReadOnlySpan<byte> secret)
    {
        _low = BinaryPrimitives.ReadUInt64LittleEndian(secret);
        _high = BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]);
    }

    /// <summary>Judges a client's cookie option and writes the one to return.</summary>
    /// <param name="option">The option's value.</param>
    /// <param name="client">Who sent it.</param>
    /// <param name="unixSeconds">Now.</param>
    /// <param name="answer">At least <see cref="Octets"/>.</param>
    /// <returns>What it is worth.</returns>
    public CookieResult Judge(ReadOnlySpan<byte> option, InternetAddress client, long unixSeconds, Span<byte> answer)
    {
        // RFC 7873 §5.2.2: eight octets, or both halves.
        if (option.Length != ClientOctets && option.Length is < 2 * ClientOctets or > MaxOctets)
            return CookieResult.Malformed;
        var now = (uint)unixSeconds;
        option[..ClientOctets].CopyTo(answer);
        if (option.Length == Octets && option[8] == Version)
        {
            var made = BinaryPrimitives.ReadUInt32BigEndian(option[12..]);
            // Serial number arithmetic, as for signatures.
            var age = (int)(now - made);
            // RFC 9018 §4.2: reserved octets are nought in what we make, and whatever they are in what we check.
            Write(answer, client, made, option.Slice(9, 3));
            if (age <= MaxAge && age >= -MaxAhead && CryptographicOperations.FixedTimeEquals(option, answer))
            {
                if (age > RenewalAge)
                    Write(answer, client, now, Reserved);
                return CookieResult.Good;
            }
        }

        Write(answer, client, now, Reserved);
        return CookieResult.New;
    }

    private static ReadOnlySpan<byte> Reserved => [0, 0, 0];

    private void Write(Span<byte> answer, InternetAddress client, uint made, ReadOnlySpan<byte> reserved)
    {
        answer[8] = Version;
        reserved.CopyTo(answer[9..]);
        BinaryPrimitives.WriteUInt32BigEndian(answer[12..], made);
        Span<byte> hashed = stackalloc byte[32];
        answer[..16].CopyTo(hashed);
        var octets = 16 + client.Write(hashed[16..]);
        BinaryPrimitives.WriteUInt64LittleEndian(answer[16..], SipHash(hashed[..octets]));
    }

    // SipHash-2-4, which RFC 9018 §4.4 demands.
    private ulong SipHash(ReadOnlySpan<byte> octets)
    {
        var (v0, v1, v2, v3) = (_low ^ 0x736f6d6570736575, _high ^ 0x646f72616e646f6d, _low ^ 0x6c7967656e657261, _high ^ 0x7465646279746573);
        var last = (ulong)octets.Length << 56;
        while (octets.Length >= 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(octets);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
            octets = octets[8..];
        }

        for (var i = 0; i < octets.Length; i++)
            last |= (ulong)octets[i] << (8 * i);
        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xFF;
        for (var i = 0; i < 4; i++)
            Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}

/// <summary>What a client's cookie is worth.</summary>
internal enum CookieResult
{
    /// <summary>There was none.</summary>
    None,

    /// <summary>Its length is impossible: FORMERR.</summary>
    Malformed,

    /// <summary>Only the client's half, or one that is not ours any more: it gets a new one.</summary>
    New,

    /// <summary>Ours: the client's address is its own.</summary>
    Good,
}
