using System.Globalization;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Exchange;
using DnsGuard.Policy.Text;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Policies;

/// <summary>Handlers for import and export: lists of names as others write them.</summary>
internal sealed class ExchangeEndpoints(ControlServices services)
{
    /// <summary>Reads the body into a list or group; the same road as every edit, so all of it or nothing.</summary>
    public async Task<IResult> Import(HttpContext http)
    {
        if (!ImportRequest.TryRead(http.Request, out var wanted, out var refusal))
            return refusal!;
        var (text, unreadable) = await Requests.ReadTextAsync(http.Request, alsoOctets: true).ConfigureAwait(false);
        if (unreadable is not null)
            return unreadable;
        ImportPlan? plan = null;
        return Requests.Edit(
            http,
            services.Publisher,
            (document, problems) => (Apply(document, wanted!, text!, problems, out plan), null),
            body: result => ImportBody.Of(result, wanted!.Format, plan!),
            comment: $"import of {wanted!.Format} into the {(wanted.IsGroup ? "group" : "list")} {wanted.Name}");
    }

    /// <summary>Writes a list, or a group with its lists, as others do.</summary>
    public IResult Export(HttpContext http)
    {
        if (!ExchangeTarget.TryRead(http.Request, out var target, out var refusal))
            return refusal!;
        var current = services.Live.Current;
        Requests.Tag(http, current.Revision);
        if (SourceOf(current.Document, target!) is not { } source)
            return Problems.NotFound($"{(target!.IsGroup ? "group" : "list")} '{target.Name}'");
        source = source with { Action = target!.Action, Revision = current.Revision };
        var result = PolicyExchange.Export(target.Format, source);
        var (leftOut, lossy) = (result.Notes.Count(NoteKind.LeftOut), result.Notes.Count(NoteKind.Lossy));
        if (!http.Request.Headers.Accept.ToString().Contains("text/plain", StringComparison.Ordinal))
            return Results.Json(new ExportBody(current.Revision, target.Format, result.MediaType, result.Text, source.Rules.Count, leftOut, lossy, [.. result.Notes.Listed.Select(ExchangeNoteBody.Of)]));
        // Whoever takes the bare text still learns that it does not say all.
        http.Response.Headers["X-Left-Out"] = leftOut.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["X-Lossy"] = lossy.ToString(CultureInfo.InvariantCulture);
        return Results.Text(result.Text, "text/plain");
    }

    private PolicyDocument? Apply(PolicyDocument document, ImportRequest wanted, string text, List<TextProblem> problems, out ImportPlan? plan)
    {
        plan = null;
        if (wanted.Creates && PolicyEdits.RulesOf(document, isGroup: false, wanted.Name) is null)
            document = document with { Lists = [.. document.Lists, new ListDocument(wanted.Name, null, [], default)] };
        if (PolicyEdits.RulesOf(document, wanted.IsGroup, wanted.Name) is not { } known)
            return null;
        var made = PolicyExchange.Import(wanted.Format, text, known, wanted.Options, services.Publisher.Validator);
        plan = made;
        // A preview shows such lines; an import that leaves any behind must have said that it may.
        if (!wanted.IsPreview && !wanted.MaySkip)
            AddProblems(made, problems);
        return PolicyEdits.WithRules(document, wanted.IsGroup, wanted.Name, _ => made.Rules);
    }

    private static void AddProblems(ImportPlan plan, List<TextProblem> problems)
    {
        var listed = plan.Notes.Listed.Where(note => note.Kind is NoteKind.Invalid or NoteKind.LeftOut).ToList();
        problems.AddRange(listed.Select(note => new TextProblem("", note.Line, 1, note.Kind is NoteKind.Invalid ? "invalid-line" : "left-out", $"'{note.Text}': {note.Detail}", $"{note.Cure}; skip=true imports the rest")));
        if (plan.NotTaken > listed.Count)
            problems.Add(new TextProblem("", 0, 0, "too-many", string.Create(CultureInfo.InvariantCulture, $"{plan.NotTaken - listed.Count} more lines are not taken over"), "See the first ones; skip=true imports the rest"));
    }

    private ExportSource? SourceOf(PolicyDocument document, ExchangeTarget target)
    {
        var now = services.Time.GetUtcNow();
        if (target.IsGroup)
        {
            return document.Groups.FirstOrDefault(group => group.Name == target.Name) is { } group
                ? new ExportSource(group.Name, ExportSource.RulesOf(document, group), now) { IsAudit = group.Mode is GroupMode.Audit }
                : null;
        }

        return document.Lists.FirstOrDefault(list => list.Name == target.Name) is { } list ? new ExportSource(list.Name, list.Rules, now) : null;
    }
}
