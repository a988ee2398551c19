using System.Globalization;

namespace DnsGuard.Policy.Text;

/// <summary>Durations as people write them in our files: <c>250ms</c>, <c>90s</c>, <c>5m</c>, <c>12h</c>, <c>7d</c>.</summary>
public static class DurationText
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>Reads a whole number and a unit; a bare 0 needs none.</summary>
    public static bool TryRead(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
            return true;
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (digits is 0 or > 9)
            return false;
        var length = Array.Find(Units, unit => unit.Unit == text[digits..]).Length;
        var number = long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        if (length == default || number > TimeSpan.MaxValue.Ticks / length.Ticks)
            return false;
        duration = TimeSpan.FromTicks(number * length.Ticks);
        return true;
    }

    /// <summary>Writes the largest unit that needs no fraction.</summary>
    public static string Write(TimeSpan duration)
    {
        foreach (var (unit, length) in Units)
        {
            if (duration > TimeSpan.Zero && duration.Ticks % length.Ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / length.Ticks}{unit}");
        }

        return "0";
    }
}
