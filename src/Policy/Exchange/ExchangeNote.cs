namespace DnsGuard.Policy.Exchange;

/// <summary>What became of a line of a foreign file, or of a rule that was to be written into one.</summary>
public enum NoteKind
{
    /// <summary>The rule is new.</summary>
    Added,

    /// <summary>The rule is there, and says something else.</summary>
    Changed,

    /// <summary>The rule is there, and not in the file that replaces it.</summary>
    Removed,

    /// <summary>The line cannot be understood, or says what no rule may say.</summary>
    Invalid,

    /// <summary>The line is understood, but there is no such thing here; or the rule cannot be said there.</summary>
    LeftOut,

    /// <summary>The rule stands in the file already.</summary>
    Duplicate,

    /// <summary>A wider rule says the same already.</summary>
    Shadowed,

    /// <summary>The same pattern is both allowed and denied; deny wins.</summary>
    Conflict,

    /// <summary>The line says what holds here anyway.</summary>
    Implied,

    /// <summary>The rule is written, but not all that it says.</summary>
    Lossy,
}

/// <summary>One remark on an import or an export: where, what, and the cure.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Line">Line of the foreign file, from 1; 0 where it is none of that file.</param>
/// <param name="Text">The pattern, or the words in question, made safe to print.</param>
/// <param name="Detail">One sentence on what it is about; empty where the kind says it all.</param>
/// <param name="Cure">One sentence on what to do; empty where there is nothing to be done.</param>
public sealed record ExchangeNote(NoteKind Kind, int Line, string Text, string Detail = "", string Cure = "");
