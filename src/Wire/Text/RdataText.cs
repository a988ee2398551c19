using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Wire.Text;

/// <summary>RDATA in master-file text → wire form, for the types we need; any type in the generic form <c>\# 4 0A000001</c>.</summary>
internal static class RdataText
{
    public static bool TryRead(RecordType type, MasterFileToken[] tokens, DomainName origin, [NotNullWhen(true)] out byte[]? rdata)
    {
        rdata = tokens switch
        {
            [{ Text: "\\#", IsQuoted: false }, ..] => Generic(type, tokens),
            [{ Text: var text }] when type is RecordType.A => Address(text, AddressFamily.InterNetwork),
            [{ Text: var text }] when type is RecordType.AAAA => Address(text, AddressFamily.InterNetworkV6),
            [{ Text: var text }] when type is RecordType.NS or RecordType.CNAME or RecordType.DNAME or RecordType.PTR => Name(text, origin),
            [..] when type is RecordType.TXT => Strings(tokens),
            [_, _] when type is RecordType.HINFO => Strings(tokens),
            [var preference, var exchange] when type is RecordType.MX => Join(Numbers(2, preference), Name(exchange.Text, origin)),
            [var priority, var weight, var port, var target] when type is RecordType.SRV => Join(Numbers(2, priority, weight, port), Name(target.Text, origin)),
            [var server, var mailbox, .. var numbers] when type is RecordType.SOA && numbers.Length == 5 =>
                Join(Name(server.Text, origin), Name(mailbox.Text, origin), Numbers(4, numbers)),
            [var tag, var algorithm, var digestType, .. var digest] when type is RecordType.DS => Join(Numbers(2, tag), Numbers(1, algorithm, digestType), Hex(digest)),
            [var flags, var protocol, var algorithm, .. var key] when type is RecordType.DNSKEY => Join(Numbers(2, flags), Numbers(1, protocol, algorithm), Base64(key)),
            [var priority, var target, .. var parameters] when type is RecordType.SVCB or RecordType.HTTPS =>
                SvcbText.Read(Numbers(2, priority), Name(target.Text, origin), parameters),
            _ => null,
        };
        return rdata is { Length: <= RdataNames.MaxOctets };
    }

    public static bool TryReadName(string text, DomainName origin, [NotNullWhen(true)] out DomainName? name)
    {
        if (text == "@")
        {
            name = origin;
            return true;
        }

        return DomainName.TryParse(IsAbsolute(text) || origin.IsRoot ? text : $"{text}.{origin}", out name);
    }

    // The parser of the platform also reads "192.513" and "[::1]:53": neither is an address in a master file.
    public static byte[]? Address(string text, AddressFamily family) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == family
        && (family is AddressFamily.InterNetwork ? address.ToString() == text : text.All(character => char.IsAsciiHexDigit(character) || character is ':' or '.'))
            ? address.GetAddressBytes()
            : null;

    public static byte[]? Numbers(int octets, params MasterFileToken[] tokens)
    {
        var wire = new byte[octets * tokens.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!uint.TryParse(tokens[i].Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || (octets < 4 && number >> (8 * octets) != 0))
                return null;
            for (var j = 0; j < octets; j++)
                wire[(i * octets) + j] = (byte)(number >> (8 * (octets - 1 - j)));
        }

        return wire;
    }

    public static bool TryUnescape(string text, out byte[] octets)
    {
        var wire = new List<byte>(text.Length);
        octets = [];
        if (!Ascii.IsValid(text))
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                wire.Add((byte)text[i]);
            }
            else if (i + 3 < text.Length && byte.TryParse(text.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                wire.Add(value);
                i += 3;
            }
            else if (i + 1 < text.Length && !char.IsAsciiDigit(text[i + 1]))
            {
                wire.Add((byte)text[++i]);
            }
            else
            {
                return false;
            }
        }

        octets = [.. wire];
        return true;
    }

    public static byte[]? Base64(params MasterFileToken[] tokens)
    {
        var text = string.Concat(tokens.Select(token => token.Text));
        var octets = new byte[text.Length];
        return Convert.TryFromBase64String(text, octets, out var written) ? octets[..written] : null;
    }

    public static byte[]? Join(params byte[]?[] parts) => parts.Contains(null) ? null : [.. parts.SelectMany(part => part!)];

    // A final dot is part of the last label where an odd number of backslashes stands in front of it.
    private static bool IsAbsolute(string text) =>
        text.EndsWith('.') && (text.Length - 1 - text.AsSpan(0, text.Length - 1).TrimEnd('\\').Length) % 2 == 0;

    private static byte[]? Name(string text, DomainName origin) => TryReadName(text, origin, out var name) ? name.Octets.ToArray() : null;

    private static byte[]? Strings(MasterFileToken[] tokens)
    {
        var wire = new List<byte>();
        foreach (var token in tokens)
        {
            if (!TryUnescape(token.Text, out var octets) || octets.Length > byte.MaxValue)
                return null;
            wire.Add((byte)octets.Length);
            wire.AddRange(octets);
        }

        return wire.Count > 0 ? [.. wire] : null;
    }

    private static byte[]? Generic(RecordType type, MasterFileToken[] tokens) =>
        tokens.Length >= 2 && int.TryParse(tokens[1].Text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
        && Hex(tokens[2..]) is { } rdata && rdata.Length == length && IsUncompressed(type, rdata)
            ? rdata
            : null;

    // RFC 3597 §5: octets given for a type we know must be what that type demands.
    private static bool IsUncompressed(RecordType type, byte[] rdata)
    {
        var record = new RecordView(rdata, 0, type, RecordClass.Internet, 0, 0, 0, rdata.Length);
        return RdataNames.Expand(record, out var expanded) is ParseError.None && rdata.AsSpan().SequenceEqual(expanded);
    }

    private static byte[]? Hex(MasterFileToken[] tokens)
    {
        var digits = string.Concat(tokens.Select(token => token.Text));
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }
}
