using System.Globalization;
using System.Text;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Documents;

/// <summary>Which shape a pattern has.</summary>
public enum PatternKind
{
    /// <summary><c>api.example.com</c>: that name.</summary>
    Exact,

    /// <summary><c>*.example.com</c>: every name below, any depth, not itself (as DNS wildcards, Route 53 DNS Firewall and NPEP-133 have it).</summary>
    Below,

    /// <summary><c>.example.com</c>: itself and every name below.</summary>
    AtOrBelow,

    /// <summary><c>cdn-*.example.com</c>: a wildcard inside one label; the number of labels is fixed.</summary>
    Glob,

    /// <summary><c>*</c>: every name there is.</summary>
    Everything,
}

/// <summary>A pattern of names, as a rule writes it.</summary>
/// <param name="Kind">Its shape.</param>
/// <param name="Suffix">The literal labels that end it: the name itself, or what stands right of the wildcard.</param>
/// <param name="GlobLabel">For <see cref="PatternKind.Glob"/> the label with its asterisks; otherwise empty.</param>
/// <param name="Prefix">For <see cref="PatternKind.Glob"/> the literal labels in front of it, closest first; otherwise empty.</param>
/// <param name="Text">The canonical written form, in A-labels.</param>
public sealed record NamePattern(PatternKind Kind, DomainName Suffix, string GlobLabel, IReadOnlyList<string> Prefix, string Text)
{
    /// <summary>More asterisks in one label mean nothing that two or three could not say, and each costs matching time.</summary>
    public const int MaxAsterisks = 4;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = false, AllowUnassigned = false };

    /// <summary>Every name there is.</summary>
    public static NamePattern Everything { get; } = new(PatternKind.Everything, DomainName.Root, "", [], "*");

    /// <summary>Does this shape reach names that nobody wrote down?</summary>
    public bool IsWild => Kind is not PatternKind.Exact;

    /// <summary>Labels that are written out in full: the first measure of how specific a pattern is.</summary>
    public int LiteralLabels => Suffix.LabelCount + Prefix.Count;

    /// <summary>Reads a pattern; Unicode labels become A-labels (RFC 5891).</summary>
    /// <param name="text">What was written.</param>
    /// <param name="pattern">What it means.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryParse(string text, out NamePattern? pattern, out string problem)
    {
        pattern = null;
        problem = "";
        foreach (var rune in text.ToLowerInvariant().EnumerateRunes().Where(rune => !CanStandInName(rune)))
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"the character U+{rune.Value:X4} cannot stand in it; an A-label (xn--…) could");
            return false;
        }

        if (text == "*")
        {
            pattern = Everything;
            return true;
        }

        var kind = text switch
        {
            ['*', '.', ..] => PatternKind.Below,
            ['.', _, ..] => PatternKind.AtOrBelow,
            _ => PatternKind.Exact,
        };
        var body = kind switch { PatternKind.Below => text[2..], PatternKind.AtOrBelow => text[1..], _ => text };
        if (body.EndsWith('.'))
            body = body[..^1];
        if (body.Length == 0 || body.Split('.').Any(label => label.Length == 0))
            problem = "it has an empty label";
        else if (kind is PatternKind.Exact && body.Contains('*', StringComparison.Ordinal))
            pattern = Glob(body, out problem);
        else if (body.Contains('*', StringComparison.Ordinal))
            problem = "it mixes two kinds of wildcard";
        else if (TryName(body, out var name, out problem))
            pattern = Of(kind, name);
        return pattern is not null;
    }

    /// <summary>A pattern of any shape but a glob.</summary>
    public static NamePattern Of(PatternKind kind, DomainName suffix) => kind is PatternKind.Everything
        ? Everything
        : new NamePattern(kind, suffix, "", [], kind switch { PatternKind.Below => $"*.{suffix}", PatternKind.AtOrBelow => $".{suffix}", _ => suffix.ToString() });

    /// <summary>As <see cref="TryParse"/>, for patterns of our own.</summary>
    /// <exception cref="FormatException">It is not a pattern.</exception>
    public static NamePattern Parse(string text) =>
        TryParse(text, out var pattern, out var problem) ? pattern! : throw new FormatException($"'{text}': {problem}");

    private static NamePattern? Glob(string body, out string problem)
    {
        var labels = body.Split('.');
        var wild = Array.FindIndex(labels, label => label.Contains('*', StringComparison.Ordinal));
        problem = "";
        if (labels.Count(label => label.Contains('*', StringComparison.Ordinal)) > 1)
            problem = "only one label may hold asterisks";
        else if (labels[wild].Count(character => character == '*') > MaxAsterisks)
            problem = "it has more than four asterisks";
        else if (wild == labels.Length - 1)
            problem = "its last label is a wildcard";
        else if (!labels[wild].All(character => character == '*' || IsLabelCharacter(character)))
            problem = "a label with an asterisk may hold letters, digits, hyphens and underscores only";
        else if (labels[wild].Length > NameLimits.LabelOctets)
            problem = "a label is longer than 63 octets";
        else if (TryName(string.Join('.', labels[(wild + 1)..]), out var suffix, out problem) && TryName(string.Join('.', labels.Where(label => !label.Contains('*', StringComparison.Ordinal))), out _, out problem))
            return Compose(labels[..wild].Select(ToAscii).Reverse().ToArray(), labels[wild].ToLowerInvariant(), suffix);
        return null;
    }

    private static NamePattern Compose(string[] prefix, string glob, DomainName suffix) =>
        new(PatternKind.Glob, suffix, glob, prefix, string.Join('.', prefix.Reverse().Append(glob).Append(suffix.ToString())));

    private static bool TryName(string text, out DomainName name, out string problem)
    {
        name = DomainName.Root;
        problem = "";
        string ascii;
        try
        {
            ascii = string.Join('.', text.Split('.').Select(ToAscii));
        }
        catch (ArgumentException)
        {
            problem = "it is not a valid internationalised name";
            return false;
        }

        if (DomainName.TryParse(ascii, out var parsed))
        {
            name = parsed;
            // RFC 8552 names start labels with underscores; anything else in a policy is a slip of the keyboard.
            if (ascii.All(character => character == '.' || IsLabelCharacter(character)))
                return true;
            problem = "labels may hold letters, digits, hyphens and underscores only";
            return false;
        }

        problem = "a label is longer than 63 octets, or the name longer than 255";
        return false;
    }

    private static string ToAscii(string label) => label.All(char.IsAscii) ? label.ToLowerInvariant() : Idn.GetAscii(label.ToLowerInvariant());

    // RFC 5892 §2.1, and nothing that its §2.2 calls unstable: we have no tables to normalise with (InvariantGlobalization), and a
    // pattern with an invisible, full-width or decomposed character would quietly be another name, which nobody ever asks for.
    private static bool CanStandInName(Rune rune) => rune.IsAscii
        || (Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber
            && rune.Value is not ((>= 0x0300 and <= 0x036F) or (>= 0xF900 and <= 0xFFEF) or (>= 0x1D400 and <= 0x1D7FF) or (>= 0x2F800 and <= 0x2FA1F)));

    private static bool IsLabelCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';
}
