using DnsGuard.Policy.Exchange;

namespace DnsGuard.Control.Policies;

/// <summary>What an import did, or would do.</summary>
/// <param name="Revision">The revision in force now.</param>
/// <param name="DryRun">Was nothing changed?</param>
/// <param name="Format">What the body was read as.</param>
/// <param name="Counts">How many lines or rules there are of each kind.</param>
/// <param name="Notes">What became of single lines: the first thousand of each kind, in the order of the file.</param>
public sealed record ImportBody(long Revision, bool DryRun, string Format, ImportCounts Counts, IReadOnlyList<ExchangeNoteBody> Notes)
{
    internal static ImportBody Of(EditResult result, string format, ImportPlan plan) => new(
        result.Revision, result.Status is EditStatus.DryRun, format, ImportCounts.Of(plan), [.. plan.Notes.Listed.Select(ExchangeNoteBody.Of)]);
}

/// <summary>How many lines or rules of an import there are of each kind.</summary>
/// <param name="Added">Rules that are new.</param>
/// <param name="Changed">Rules that say something else.</param>
/// <param name="Removed">Rules that the file has not, and that go with mode=replace.</param>
/// <param name="Unchanged">Rules that are there already.</param>
/// <param name="Invalid">Lines that cannot be understood, or say what no rule may say.</param>
/// <param name="LeftOut">Lines that are understood, but say what no rule can say.</param>
/// <param name="Duplicate">Lines that an earlier one says already.</param>
/// <param name="Shadowed">New rules that a wider one says already.</param>
/// <param name="Conflict">Patterns that are both allowed and denied; deny wins.</param>
/// <param name="Implied">Lines that say what holds anyway.</param>
public sealed record ImportCounts(int Added, int Changed, int Removed, int Unchanged, int Invalid, int LeftOut, int Duplicate, int Shadowed, int Conflict, int Implied)
{
    internal static ImportCounts Of(ImportPlan plan) => new(
        plan.Notes.Count(NoteKind.Added), plan.Notes.Count(NoteKind.Changed), plan.Notes.Count(NoteKind.Removed), plan.Unchanged, plan.Notes.Count(NoteKind.Invalid),
        plan.Notes.Count(NoteKind.LeftOut), plan.Notes.Count(NoteKind.Duplicate), plan.Notes.Count(NoteKind.Shadowed), plan.Notes.Count(NoteKind.Conflict), plan.Notes.Count(NoteKind.Implied));
}

/// <summary>What became of a line of an import, or of a rule of an export.</summary>
/// <param name="Kind">added, changed, removed, invalid, leftOut, duplicate, shadowed, conflict, implied or lossy.</param>
/// <param name="Line">The line of the file, from 1; 0 where it is none of the file.</param>
/// <param name="Text">The pattern or the words in question.</param>
/// <param name="Detail">What it is about.</param>
/// <param name="Cure">What to do.</param>
public sealed record ExchangeNoteBody(NoteKind Kind, int Line, string Text, string? Detail, string? Cure)
{
    internal static ExchangeNoteBody Of(ExchangeNote note) => new(note.Kind, note.Line, note.Text, note.Detail.Length == 0 ? null : note.Detail, note.Cure.Length == 0 ? null : note.Cure);
}

/// <summary>Rules as others write them.</summary>
/// <param name="Revision">The revision that they are of.</param>
/// <param name="Format">How they are written.</param>
/// <param name="MediaType">The media type of the text.</param>
/// <param name="Text">All of it.</param>
/// <param name="Rules">How many rules the list has, or the group with its lists.</param>
/// <param name="LeftOut">How many of them the text does not hold.</param>
/// <param name="Lossy">How many it holds without all that they say.</param>
/// <param name="Notes">Which those are, and why: the first thousand of each kind.</param>
public sealed record ExportBody(long Revision, string Format, string MediaType, string Text, int Rules, int LeftOut, int Lossy, IReadOnlyList<ExchangeNoteBody> Notes);
