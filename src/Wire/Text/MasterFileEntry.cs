namespace DnsGuard.Wire.Text;

/// <summary>One entry of a master file: a line, or several joined by parentheses.</summary>
/// <param name="Line">Where it starts, counted from 1.</param>
/// <param name="StartsWithBlank">Does it begin with white space, that is, repeat the last owner?</param>
/// <param name="Tokens">Its words, at least one.</param>
internal sealed record MasterFileEntry(int Line, bool StartsWithBlank, IReadOnlyList<MasterFileToken> Tokens);

/// <summary>A word; quoted words keep their blanks.</summary>
internal readonly record struct MasterFileToken(string Text, bool IsQuoted);
