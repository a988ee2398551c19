using System.Globalization;

namespace DnsGuard.Policy.Text;

/// <summary>Amounts of memory and disk as people write them in our files: <c>64MiB</c>, <c>1GiB</c>.</summary>
public static class ByteText
{
    private static readonly (string Unit, long Octets)[] Units = [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <summary>Reads a whole number and a unit.</summary>
    public static bool TryRead(string text, out long octets)
    {
        octets = 0;
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (digits is 0 or > 9)
            return false;
        var unit = Array.Find(Units, unit => unit.Unit == text[digits..]).Octets;
        octets = long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture) * unit;
        return unit > 0;
    }

    /// <summary>Writes the largest unit that needs no fraction.</summary>
    public static string Write(long octets)
    {
        var (unit, size) = Array.Find(Units, unit => octets % unit.Octets == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{octets / size}{unit}");
    }
}
