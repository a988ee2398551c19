using System.Globalization;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.QueryLogs;

/// <summary>Response codes by the mnemonics of the IANA registry, which operators know from dig.</summary>
internal static class ResponseCodeText
{
    private const string Unnamed = "RCODE";

    private static readonly (ResponseCode Code, string Text)[] Names =
    [
        (ResponseCode.NoError, "NOERROR"), (ResponseCode.FormatError, "FORMERR"), (ResponseCode.ServerFailure, "SERVFAIL"),
        (ResponseCode.NameError, "NXDOMAIN"), (ResponseCode.NotImplemented, "NOTIMP"), (ResponseCode.Refused, "REFUSED"),
    ];

    /// <summary>Writes one.</summary>
    public static string Write(ResponseCode code) => Array.Find(Names, name => name.Code == code).Text ?? Unnamed + ((int)code).ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads one, in any case.</summary>
    public static bool TryRead(string text, out ResponseCode code)
    {
        var known = Array.Find(Names, name => name.Text.Equals(text, StringComparison.OrdinalIgnoreCase));
        code = known.Code;
        if (known.Text is not null)
            return true;
        if (!text.StartsWith(Unnamed, StringComparison.OrdinalIgnoreCase) || !byte.TryParse(text.AsSpan(Unnamed.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        code = (ResponseCode)number;
        return true;
    }
}
