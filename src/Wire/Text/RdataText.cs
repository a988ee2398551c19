using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
            [{ Text: "\\#" }, ..] => Generic(tokens),
            [{ Text: var text }] when type is RecordType.A => Address(text, AddressFamily.InterNetwork),
            [{ Text: var text }] when type is RecordType.AAAA => Address(text, AddressFamily.InterNetworkV6),
            [{ Text: var text }] when type is RecordType.NS or RecordType.CNAME or RecordType.DNAME or RecordType.PTR => Name(text, origin),
            [..] when type is RecordType.TXT or RecordType.HINFO => Strings(tokens),
            [var preference, var exchange] when type is RecordType.MX => Join(Numbers(2, preference), Name(exchange.Text, origin)),
            [var priority, var weight, var port, var target] when type is RecordType.SRV => Join(Numbers(2, priority, weight, port), Name(target.Text, origin)),
            [var server, var mailbox, .. var numbers] when type is RecordType.SOA && numbers.Length == 5 =>
                Join(Name(server.Text, origin), Name(mailbox.Text, origin), Numbers(4, numbers)),
            [var tag, var algorithm, var digestType, .. var digest] when type is RecordType.DS => Join(Numbers(2, tag), Numbers(1, algorithm, digestType), Hex(digest)),
            [var flags, var protocol, var algorithm, .. var key] when type is RecordType.DNSKEY => Join(Numbers(2, flags), Numbers(1, protocol, algorithm), Base64(key)),
            [var priority, var target, .. var parameters] when type is RecordType.SVCB or RecordType.HTTPS => Svcb(priority, target, parameters, origin),
            _ => null,
        };
        return rdata is not null;
    }

    public static bool TryReadName(string text, DomainName origin, [NotNullWhen(true)] out DomainName? name)
    {
        if (text == "@")
        {
            name = origin;
            return true;
        }

        var absolute = text.EndsWith('.') && !text.EndsWith("\\.", StringComparison.Ordinal);
        return DomainName.TryParse(absolute || origin.IsRoot ? text : $"{text}.{origin}", out name);
    }

    private static byte[]? Name(string text, DomainName origin) => TryReadName(text, origin, out var name) ? name.Octets.ToArray() : null;

    private static byte[]? Address(string text, AddressFamily family) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == family ? address.GetAddressBytes() : null;

    private static byte[]? Numbers(int octets, params MasterFileToken[] tokens)
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

    private static bool TryUnescape(string text, out byte[] octets)
    {
        var wire = new List<byte>(text.Length);
        octets = [];
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

    private static byte[]? Generic(MasterFileToken[] tokens) =>
        tokens.Length >= 2 && int.TryParse(tokens[1].Text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
        && Hex(tokens[2..]) is { } rdata && rdata.Length == length
            ? rdata
            : null;

    private static byte[]? Hex(MasterFileToken[] tokens)
    {
        var digits = string.Concat(tokens.Select(token => token.Text));
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }

    private static byte[]? Base64(MasterFileToken[] tokens)
    {
        var text = string.Concat(tokens.Select(token => token.Text));
        var octets = new byte[text.Length];
        return Convert.TryFromBase64String(text, octets, out var written) ? octets[..written] : null;
    }

    private static byte[]? Join(params byte[]?[] parts) => parts.Contains(null) ? null : [.. parts.SelectMany(part => part!)];

    private static byte[]? Svcb(MasterFileToken priority, MasterFileToken target, MasterFileToken[] tokens, DomainName origin)
    {
        if (Numbers(2, priority) is not { } number || !TryReadName(target.Text, origin, out var name))
            return null;
        var parameters = new SortedDictionary<int, byte[]>();
        for (var i = 0; i < tokens.Length; i++)
        {
            var text = tokens[i].Text;
            // key="value" reaches us as two tokens.
            if (text.EndsWith('=') && i + 1 < tokens.Length && tokens[i + 1].IsQuoted)
                text += tokens[++i].Text;
            var (key, value) = text.IndexOf('=', StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, "");
            if (SvcbValue(key, value) is not { } parameter || !parameters.TryAdd((int)parameter.Key, parameter.Value))
                return null;
        }

        var wire = new SvcbRdata(
            BinaryPrimitives.ReadUInt16BigEndian(number),
            name,
            [.. parameters.Select(parameter => new SvcbParameter((SvcbKey)parameter.Key, parameter.Value))]).ToWire();
        return SvcbRdata.TryRead(wire, out _) ? wire : null;
    }

    private static SvcbParameter? SvcbValue(string key, string value)
    {
        var parts = value.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var (number, octets) = key switch
        {
            "mandatory" => (SvcbKey.Mandatory, Join([.. parts.Select(part => SvcbKeyNumber(part) is { } k ? new[] { (byte)((int)k >> 8), (byte)k } : null)])),
            "alpn" => (SvcbKey.Alpn, Join([.. parts.Select(part => (byte[]?)[(byte)part.Length, .. part.Select(c => (byte)c)])])),
            "no-default-alpn" => (SvcbKey.NoDefaultAlpn, []),
            "port" => (SvcbKey.Port, Numbers(2, new MasterFileToken(value, IsQuoted: false))),
            "ipv4hint" => (SvcbKey.Ipv4Hint, Join([.. parts.Select(part => Address(part, AddressFamily.InterNetwork))])),
            "ech" => (SvcbKey.Ech, Base64([new MasterFileToken(value, IsQuoted: false)])),
            "ipv6hint" => (SvcbKey.Ipv6Hint, Join([.. parts.Select(part => Address(part, AddressFamily.InterNetworkV6))])),
            _ when SvcbKeyNumber(key) is { } k && TryUnescape(value, out var raw) => (k, raw),
            _ => (default, null),
        };
        return octets is null ? null : new SvcbParameter(number, octets);
    }

    private static SvcbKey? SvcbKeyNumber(string text) => text switch
    {
        "alpn" => SvcbKey.Alpn,
        "no-default-alpn" => SvcbKey.NoDefaultAlpn,
        "port" => SvcbKey.Port,
        "ipv4hint" => SvcbKey.Ipv4Hint,
        "ech" => SvcbKey.Ech,
        "ipv6hint" => SvcbKey.Ipv6Hint,
        _ when text.StartsWith("key", StringComparison.Ordinal) && ushort.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => (SvcbKey)number,
        _ => null,
    };
}
