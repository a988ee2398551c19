using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Wire.Text;

/// <summary>SVCB and HTTPS data in master-file text → wire form (RFC 9460 §2.1).</summary>
internal static class SvcbText
{
    public static byte[]? Read(byte[]? priority, byte[]? target, MasterFileToken[] tokens)
    {
        var parameters = new SortedDictionary<SvcbKey, byte[]>();
        for (var i = 0; i < tokens.Length; i++)
        {
            var text = tokens[i].Text;
            // key="value" reaches us as two tokens.
            if (text.EndsWith('=') && i + 1 < tokens.Length && tokens[i + 1].IsQuoted)
                text += tokens[++i].Text;
            var (key, value) = text.IndexOf('=', StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, "");
            if (Key(key) is not { } number || !RdataText.TryUnescape(value, out var raw) || Value(key, raw) is not { } octets || !parameters.TryAdd(number, octets))
                return null;
        }

        if (priority is null || target is null || !HasItsMandatoryKeys(parameters))
            return null;
        var wire = new SvcbRdata(
            BinaryPrimitives.ReadUInt16BigEndian(priority),
            DomainName.FromWire(target),
            [.. parameters.Select(parameter => new SvcbParameter(parameter.Key, parameter.Value))]).ToWire();
        return SvcbRdata.TryRead(wire, out _) ? wire : null;
    }

    // A key written as a number has its value in wire form; SvcbRdata checks what comes of it.
    private static byte[]? Value(string key, byte[] value) => key switch
    {
        "mandatory" => Items(value) is { } items ? Mandatory(items) : null,
        "alpn" => Items(value) is { } items ? RdataText.Join([.. items.Select(item => (byte[]?)[(byte)item.Length, .. Encoding.Latin1.GetBytes(item)])]) : null,
        "port" => RdataText.Numbers(2, Token(value)),
        "ipv4hint" => Items(value) is { } items ? RdataText.Join([.. items.Select(item => RdataText.Address(item, AddressFamily.InterNetwork))]) : null,
        "ech" => RdataText.Base64(Token(value)),
        "ipv6hint" => Items(value) is { } items ? RdataText.Join([.. items.Select(item => RdataText.Address(item, AddressFamily.InterNetworkV6))]) : null,
        _ => value,
    };

    private static MasterFileToken Token(byte[] value) => new(Encoding.Latin1.GetString(value), IsQuoted: false);

    // RFC 9460 A.1: a backslash, itself escaped, keeps the comma or backslash behind it in the item. No item is empty or over 255 octets.
    private static List<string>? Items(byte[] value)
    {
        var items = new List<string> { "" };
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == ',')
                items.Add("");
            else if (value[i] != '\\' || (++i < value.Length && value[i] is (byte)',' or (byte)'\\'))
                items[^1] += (char)value[i];
            else
                return null;
        }

        return items.TrueForAll(item => item.Length is > 0 and <= byte.MaxValue) ? items : null;
    }

    // RFC 9460 §8: in any order here, ascending on the wire, and each once.
    private static byte[]? Mandatory(List<string> items)
    {
        var keys = items.Select(Key).Order().ToArray();
        return keys.Contains(null) || keys.Distinct().Count() != keys.Length
            ? null
            : [.. keys.SelectMany(key => new[] { (byte)((int)key! >> 8), (byte)key! })];
    }

    private static bool HasItsMandatoryKeys(SortedDictionary<SvcbKey, byte[]> parameters) =>
        !parameters.TryGetValue(SvcbKey.Mandatory, out var keys)
        || SvcbRdata.MandatoryKeys(keys).All(key => key is not SvcbKey.Mandatory && parameters.ContainsKey(key));

    private static SvcbKey? Key(string text) => text switch
    {
        "mandatory" => SvcbKey.Mandatory,
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
