using System.Globalization;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>Where a format puts what it read: rules in their order, and notes on whatever becomes no rule.</summary>
internal sealed class RuleIntake(ImportOptions options, ExchangeNotes notes)
{
    private readonly RuleListBuilder _rules = new();

    /// <summary>How the file is taken over.</summary>
    public ImportOptions Options => options;

    /// <summary>Does the file itself deny whatever it does not name?</summary>
    public bool DeniesTheRest { get; set; }

    /// <summary>The rules, each with the line that it came from.</summary>
    public RuleList Build() => _rules.Build();

    /// <summary>Is a line worth reading? Notes one that is too long, or one too many.</summary>
    public bool MayRead(int line, ReadOnlySpan<char> text)
    {
        if (line > ExchangeLimits.Lines)
        {
            if (line == ExchangeLimits.Lines + 1)
                Invalid(line, text, string.Create(CultureInfo.InvariantCulture, $"the file has more than {ExchangeLimits.Lines} lines"), "Import it in parts");
            return false;
        }

        if (text.Length <= ExchangeLimits.LineCharacters)
            return true;
        Invalid(line, text, string.Create(CultureInfo.InvariantCulture, $"the line is longer than {ExchangeLimits.LineCharacters} characters"), "Write fewer names into one line");
        return false;
    }

    /// <summary>Adds a name, or all below it, or both.</summary>
    /// <param name="line">Where it stood.</param>
    /// <param name="action">Allow or deny.</param>
    /// <param name="kind">Which of the three.</param>
    /// <param name="name">The name alone, with or without its final dot.</param>
    public void Add(int line, RuleAction action, PatternKind kind, ReadOnlySpan<char> name)
    {
        if (name.Contains('*'))
            Invalid(line, name, "an asterisk cannot stand there", "Write a name without asterisks, or the wildcard as the format has it");
        else if (name.StartsWith('.') || name.IsEmpty)
            Invalid(line, name, "it has an empty label", "Write a name such as api.example.com");
        else
            AddPattern(line, action, kind switch { PatternKind.Below => "*.", PatternKind.AtOrBelow => ".", _ => "" }, name);
    }

    /// <summary>Adds a pattern as DnsGuard itself writes it.</summary>
    public void AddPattern(int line, RuleAction action, ReadOnlySpan<char> written) => AddPattern(line, action, "", written);

    /// <summary>Adds a rule.</summary>
    public void Add(int line, RuleAction action, NamePattern pattern, PortSet ports) =>
        _rules.Add(RuleDocument.Plain(action, pattern, new Place("", line, 1)) with { Ports = ports });

    /// <summary>Reads a pattern; notes what is wrong with it.</summary>
    public NamePattern? Pattern(int line, ReadOnlySpan<char> written)
    {
        if (written.Length > ExchangeLimits.NameCharacters)
            Invalid(line, written, "it is too long for a name", "Names have at most 253 characters");
        else if (NamePattern.TryParse(written.ToString(), out var pattern, out var problem))
            return pattern;
        else
            Invalid(line, written, $"it is not a name or pattern: {problem}", "Write a name such as api.example.com");
        return null;
    }

    /// <summary>Notes a line that cannot be understood.</summary>
    public void Invalid(int line, ReadOnlySpan<char> text, string detail, string cure) => notes.Add(NoteKind.Invalid, line, text, detail, cure);

    /// <summary>Notes a line that says what DnsGuard cannot.</summary>
    public void LeftOut(int line, ReadOnlySpan<char> text, string detail, string cure) => notes.Add(NoteKind.LeftOut, line, text, detail, cure);

    /// <summary>Notes a line that says what holds anyway.</summary>
    public void Implied(int line, ReadOnlySpan<char> text, string detail) => notes.Add(NoteKind.Implied, line, text, detail);

    private void AddPattern(int line, RuleAction action, ReadOnlySpan<char> front, ReadOnlySpan<char> name)
    {
        // A name of plain letters, as nearly all are, becomes a rule without an object being made of it.
        Span<char> written = stackalloc char[2 + 256];
        if (name.Length <= 256 && !name.ContainsAnyExcept(PlainScalar.PatternLetters))
        {
            front.CopyTo(written);
            name.CopyTo(written[front.Length..]);
            if (PlainScalar.TryPattern(action, written[..(front.Length + name.Length)], default, line, 1, _rules))
                return;
        }

        if (name.Length > ExchangeLimits.NameCharacters)
            Invalid(line, name, "it is too long for a name", "Names have at most 253 characters");
        else if (Pattern(line, string.Concat(front, name)) is { } pattern)
            Add(line, action, pattern, PortSet.Default);
    }
}
