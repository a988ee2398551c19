using System.Globalization;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Documents;

/// <summary>The id of a rule that names none: made from what it says, so that the same file always yields the same ids.</summary>
internal static class RuleId
{
    // FNV-1a (RFC 9923): it need not keep secrets, only be the same everywhere. Two rules of one list that met by chance would be told as duplicates.
    private const ulong OffsetBasis = 0xCBF2_9CE4_8422_2325;
    private const ulong Prime = 0x0000_0100_0000_01B3;

    /// <summary>Makes an id's eight octets as a number.</summary>
    public static ulong Derive(RuleAction action, ReadOnlySpan<char> pattern, IReadOnlyList<RecordType> types)
    {
        var hash = With(OffsetBasis, action is RuleAction.Allow ? "+" : "-");
        hash = With(hash, pattern);
        foreach (var type in types.Order())
            hash = With(hash, string.Create(CultureInfo.InvariantCulture, $" {(int)type}"));
        return hash;
    }

    private static ulong With(ulong hash, ReadOnlySpan<char> ascii)
    {
        foreach (var character in ascii)
            hash = (hash ^ character) * Prime;
        return hash;
    }
}
