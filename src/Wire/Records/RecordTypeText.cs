using System.Globalization;

namespace DnsGuard.Wire.Records;

/// <summary>Mnemonics of types, and <c>TYPE123</c> for those without (RFC 3597 §5).</summary>
public static class RecordTypeText
{
    private static readonly Dictionary<string, RecordType> ByMnemonic =
        Enum.GetValues<RecordType>().Where(type => type is not RecordType.None).ToDictionary(type => type.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>The mnemonic, or TYPE and a number.</summary>
    public static string Write(RecordType type) =>
        type is not RecordType.None && Enum.IsDefined(type) ? type.ToString() : string.Create(CultureInfo.InvariantCulture, $"TYPE{(int)type}");

    /// <summary>Reads either form, in any case.</summary>
    public static bool TryRead(string text, out RecordType type)
    {
        if (ByMnemonic.TryGetValue(text, out type))
            return true;
        if (!text.StartsWith("TYPE", StringComparison.OrdinalIgnoreCase)
            || !ushort.TryParse(text.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number == 0)
        {
            return false;
        }

        type = (RecordType)number;
        return true;
    }
}
