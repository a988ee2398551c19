using System.Globalization;

namespace DnsGuard.Policy.Exchange;

/// <summary>Remarks: the first thousand of each kind, and how many there are of each.</summary>
public sealed class ExchangeNotes
{
    // Words of a stranger are shown to be recognised; sentences of ours may quote some.
    private const int MostOfText = 100;
    private const int MostOfSentence = 400;

    private readonly List<ExchangeNote> _listed = [];
    private readonly int[] _counts = new int[Enum.GetValues<NoteKind>().Length];

    /// <summary>Those that are told one by one, in the order of the file.</summary>
    public IReadOnlyList<ExchangeNote> Listed => [.. _listed.OrderBy(note => note.Line)];

    /// <summary>How many there are of a kind.</summary>
    public int Count(NoteKind kind) => _counts[(int)kind];

    /// <summary>Adds one. Its words are only made where it is told.</summary>
    internal void Add(NoteKind kind, int line, ReadOnlySpan<char> text, string detail = "", string cure = "")
    {
        if (IsRoomFor(kind))
            _listed.Add(new ExchangeNote(kind, line, Shown(text, MostOfText), Shown(detail, MostOfSentence), Shown(cure, MostOfSentence)));
        _counts[(int)kind]++;
    }

    /// <summary>Will another of this kind be told? If not, its words need not be made.</summary>
    internal bool IsRoomFor(NoteKind kind) => _counts[(int)kind] < ExchangeLimits.Notes;

    // What stands in a foreign file may steer a terminal or forge a line of a report.
    private static string Shown(ReadOnlySpan<char> text, int most)
    {
        var shown = text[..Math.Min(text.Length, most)].ToString();
        var safe = string.Concat(shown.Select(character => IsUnsafe(character) ? '\uFFFD' : character));
        return text.Length > most ? safe + "…" : safe;
    }

    private static bool IsUnsafe(char character) =>
        char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
