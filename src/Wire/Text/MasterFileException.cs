using System.Globalization;

namespace DnsGuard.Wire.Text;

/// <summary>A master file that cannot be read. People write these files, so this is bad input with a place, not a mistake of ours.</summary>
public sealed class MasterFileException : FormatException
{
    /// <summary>Says what is wrong in which line.</summary>
    public MasterFileException(int line, string what)
        : base(string.Create(CultureInfo.InvariantCulture, $"line {line}: {what}")) => Line = line;

    /// <summary>The line, counted from 1.</summary>
    public int Line { get; }
}
