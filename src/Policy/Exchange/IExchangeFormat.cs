using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>A way in which others write down which names are allowed. Reads and writes, and keeps nothing.</summary>
internal interface IExchangeFormat
{
    /// <summary>What people call it by: <c>route53</c>.</summary>
    string Name { get; }

    /// <summary>The media type of what is written.</summary>
    string MediaType { get; }

    /// <summary>What its lines are like.</summary>
    FormatTraits Traits { get; }

    /// <summary>Is a text of this format, and of no other? Looks at its first characters only.</summary>
    bool IsSurely(ReadOnlySpan<char> head);

    /// <summary>Reads a text; what cannot be taken over becomes a note. Throws at nothing that a text can hold.</summary>
    void Read(string text, RuleIntake intake);

    /// <summary>Writes rules that were chosen to suit the traits.</summary>
    void Write(RuleSelection rules, TextWriter text);
}

/// <summary>What the lines of a format can say.</summary>
internal sealed record FormatTraits
{
    /// <summary>Shapes of patterns that a line can have.</summary>
    public required IReadOnlyList<PatternKind> Kinds { get; init; }

    /// <summary>Does it take two lines, one for a name and one for those below, to say <c>.example.com</c>? They are read as one rule.</summary>
    public bool SplitsSubtrees { get; init; }

    /// <summary>Can one file both allow and deny?</summary>
    public bool SaysAction { get; init; }

    /// <summary>Does what is written deny all that it does not name?</summary>
    public bool DeniesTheRest { get; init; }

    /// <summary>Can it deny at all?</summary>
    public bool Denies { get; init; } = true;

    /// <summary>Does deny win there whatever is more specific?</summary>
    public bool DenyAlwaysWins { get; init; }

    /// <summary>Does it need lines that repeat what wider ones say? They are not taken over.</summary>
    public bool RepeatsItself { get; init; }

    /// <summary>Is a file refused in which a line says what a wider one says already?</summary>
    public bool RefusesRepetition { get; init; }

    /// <summary>Are ports said too?</summary>
    public bool SaysPorts { get; init; }

    /// <summary>May labels hold underscores?</summary>
    public bool HasUnderscores { get; init; } = true;

    /// <summary>The longest name, in characters.</summary>
    public int NameCharacters { get; init; } = 253;
}
