using System.CommandLine;
using System.Globalization;
using DnsGuard.Policy.Text;

namespace DnsGuard.Cli;

/// <summary>Moments as people give them: RFC 3339, or how long ago.</summary>
internal static class Moments
{
    /// <summary>How a moment may be written, for descriptions.</summary>
    public const string Forms = "2027-01-31T14:03:00Z, or how long ago: 15m, 2h, 7d";

    /// <summary>The moment as the API reads it; null for null.</summary>
    /// <exception cref="CliException">It is neither.</exception>
    public static string? Past(ParseResult arguments, Option<string?> option) => arguments.GetValue(option) is { } text
        ? DurationText.TryRead(text, out var ago) ? Write(TimeProvider.System.GetUtcNow() - ago) : Absolute(option.Name, text, Forms)
        : null;

    /// <summary>A moment to come, given as a moment or as how long from now; null where neither is given.</summary>
    /// <exception cref="CliException">Both are given, or one cannot be read.</exception>
    public static string? Coming(ParseResult arguments, Option<string?> moment, Option<string?> fromNow)
    {
        var (at, length) = (arguments.GetValue(moment), arguments.GetValue(fromNow));
        if (at is not null && length is not null)
            throw new CliException(ExitCode.Usage, $"{moment.Name} and {fromNow.Name} say the same thing; give one of them");
        if (length is null)
            return at is null ? null : Absolute(moment.Name, at, "2027-01-31T18:00:00Z");
        return DurationText.TryRead(length, out var duration) && duration > TimeSpan.Zero
            ? Write(TimeProvider.System.GetUtcNow() + duration)
            : throw new CliException(ExitCode.Usage, $"{fromNow.Name} is '{length}'; give a duration such as 30m, 12h or 7d");
    }

    private static string Absolute(string option, string text, string forms) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
        ? Write(moment)
        : throw new CliException(ExitCode.Usage, $"{option} is '{text}'; give a moment such as {forms}");

    private static string Write(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
