using System.Text;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Programs;

/// <summary>What a program writes for people, on its way to the operator's log: escaped, and so much of it.</summary>
internal sealed class ProgramVoice(string target, TimeProvider time, ILogger logger)
{
    /// <summary>Octets of a line that are passed on.</summary>
    public const int LongestLine = 1_000;

    // A program in a loop must not bury the operator's log.
    private const int MostLines = 20;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long _since;
    private int _lines;
    private int _leftOut;

    /// <summary>Passes a line on, or counts it.</summary>
    public void Say(ReadOnlySpan<byte> line, bool isCut)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_lines == 0 || time.GetElapsedTime(_since, now) >= Window)
            {
                if (_leftOut > 0)
                    SyncLog.ProgramSaid(logger, target, $"({_leftOut} more lines in one second)");
                (_since, _lines, _leftOut) = (now, 0, 0);
            }

            if (++_lines <= MostLines)
                SyncLog.ProgramSaid(logger, target, Escape(line[..Math.Min(line.Length, LongestLine)]) + (isCut ? "…" : ""));
            else
                _leftOut++;
        }
    }

    /// <summary>Octets as one line of printable text: nothing that a terminal or a reader of logs would obey.</summary>
    public static string Escape(ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder();
        foreach (var rune in Encoding.UTF8.GetString(line).EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~')
                text.Append((char)rune.Value);
            else
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }

        return text.ToString();
    }
}
