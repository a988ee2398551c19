using System.Globalization;
using System.Text;

namespace DnsGuard.Sync.Firewall;

/// <summary>Text inside of a rule's quotes.</summary>
internal static class SuricataText
{
    /// <summary>What <c>content</c> shall match, octet by octet.</summary>
    /// <remarks>Whatever is not plainly part of a name is written as hexadecimal digits, so nothing in it can end the quotes, the option or the rule.</remarks>
    public static string Content(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder(octets.Length);
        var isHex = false;
        foreach (var octet in octets)
        {
            var isPlain = char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'.' or (byte)'-' or (byte)'_';
            if (isPlain == isHex)
                text.Append('|');
            else if (isHex)
                text.Append(' ');
            if (isPlain)
                text.Append((char)octet);
            else
                text.Append(octet.ToString("X2", CultureInfo.InvariantCulture));
            isHex = !isPlain;
        }

        return text.Append(isHex ? "|" : "").ToString();
    }
}
