using System.Globalization;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Policies;

/// <summary>Handlers for policy, groups, lists, rules, revisions and verdicts.</summary>
internal sealed class PolicyEndpoints(ControlServices services)
{
    private PolicyPublisher Publisher => services.Publisher;

    private PolicyDocument Document => services.Live.Current.Document;

    public IResult ReadPolicy(HttpContext http)
    {
        var current = services.Live.Current;
        Requests.Tag(http, current.Revision);
        if (http.Request.Headers.Accept.ToString().Contains("application/yaml", StringComparison.Ordinal))
            return Results.Text(services.Revisions.Find(current.Revision, current.Document)?.WholeText ?? PolicyWriter.Write(current.Document), "application/yaml");
        return Results.Json(new PolicyBody(current.Revision, [.. current.Document.Lists.Select(ListBody.Of)], [.. current.Document.Groups.Select(GroupBody.Of)]));
    }

    public async Task<IResult> WritePolicy(HttpContext http)
    {
        var (text, refusal) = await Requests.ReadTextAsync(http.Request).ConfigureAwait(false);
        if (refusal is not null)
            return refusal;
        // YAML is kept as it was written, comments and all. JSON is written anew.
        var isYaml = http.Request.ContentType!.StartsWith("application/yaml", StringComparison.Ordinal);
        return Requests.Edit(http, Publisher, (_, problems) => (PolicyReader.Read(text!, problems), isYaml ? text : null));
    }

    public IResult ListRevisions(long? cursor, int? limit)
    {
        var revisions = services.Revisions.List(cursor ?? long.MaxValue, Paging.Limit(limit));
        return Paging.Of(revisions, Paging.Limit(limit), revision => revision.Number, revision => new RevisionBody(revision.Number, revision.At, revision.Author, revision.Comment, null));
    }

    public IResult ReadRevision(long number) => services.Revisions.Find(number) is { } revision
        ? Results.Json(new RevisionBody(revision.Number, revision.At, revision.Author, revision.Comment, revision.WholeText))
        : Problems.NotFound($"revision {number.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>What a revision changed, or what differs between any two.</summary>
    public IResult CompareRevisions(long number, long? against)
    {
        var problems = new List<TextProblem>();
        var earlier = against ?? number - 1;
        // Before the first revision there was nothing.
        var before = earlier == 0 ? PolicyDocument.Empty : services.Revisions.Find(earlier, Document)?.Read(problems);
        var after = services.Revisions.Find(number, Document)?.Read(problems);
        if (before is null || after is null || problems.Count > 0)
            return Problems.NotFound($"pair of revisions {earlier.ToString(CultureInfo.InvariantCulture)} and {number.ToString(CultureInfo.InvariantCulture)}");
        var changes = PolicyDiff.Between(before, after);
        return Results.Json(new ComparisonBody(number, earlier, changes.Listed, changes.Count));
    }

    /// <summary>Rolling back is going forward: the old text becomes a new revision.</summary>
    public IResult RestoreRevision(HttpContext http, long number) => Requests.Edit(http, Publisher, (_, problems) =>
        services.Revisions.Find(number, Document) is { } revision ? (revision.Read(problems), revision.Text.Length > 0 ? revision.Text : null) : (null, null));

    public IResult ListNamed(HttpContext http, bool isGroup)
    {
        Requests.Tag(http, services.Live.Current.Revision);
        return isGroup ? Results.Json(new Page<GroupBody>([.. Document.Groups.Select(GroupBody.Of)])) : Results.Json(new Page<ListBody>([.. Document.Lists.Select(ListBody.Of)]));
    }

    public IResult ReadNamed(HttpContext http, bool isGroup, string name)
    {
        Requests.Tag(http, services.Live.Current.Revision);
        if (isGroup)
            return Document.Groups.FirstOrDefault(group => group.Name == name) is { } group ? Results.Json(GroupBody.Of(group)) : Problems.NotFound($"group '{name}'");
        return Document.Lists.FirstOrDefault(list => list.Name == name) is { } list ? Results.Json(ListBody.Of(list)) : Problems.NotFound($"list '{name}'");
    }

    public Task<IResult> CreateNamed(HttpContext http, bool isGroup) =>
        Requests.EditAsync(http, Publisher, (document, body, problems) => PolicyEdits.Create(document, isGroup, body, problems), creates: true);

    public Task<IResult> WriteNamed(HttpContext http, bool isGroup, string name) =>
        Requests.EditAsync(http, Publisher, (document, body, problems) => PolicyEdits.Put(document, isGroup, name, body, problems));

    public Task<IResult> PatchNamed(HttpContext http, bool isGroup, string name) =>
        Requests.EditAsync(http, Publisher, (document, body, problems) => PolicyEdits.Patch(document, isGroup, name, body, problems));

    public IResult DeleteNamed(HttpContext http, bool isGroup, string name) =>
        Requests.Edit(http, Publisher, (document, _) => (PolicyEdits.Delete(document, isGroup, name), null));

    public IResult ListRules(HttpContext http, bool isGroup, string name)
    {
        Requests.Tag(http, services.Live.Current.Revision);
        return PolicyEdits.RulesOf(Document, isGroup, name) is { } rules ? Results.Json(new Page<RuleBody>(new RuleBodies(rules))) : Problems.NotFound($"list or group '{name}'");
    }

    public IResult ReadRule(HttpContext http, bool isGroup, string name, string id)
    {
        Requests.Tag(http, services.Live.Current.Revision);
        return PolicyEdits.RuleOf(Document, isGroup, name, id) is { } rule ? Results.Json(RuleBody.Of(rule)) : Problems.NotFound($"rule '{name}/{id}'");
    }

    public Task<IResult> CreateRule(HttpContext http, bool isGroup, string name) =>
        Requests.EditAsync(http, Publisher, (document, body, problems) => PolicyEdits.AddRule(document, isGroup, name, body, problems), creates: true);

    public Task<IResult> BatchRules(HttpContext http, bool isGroup, string name) =>
        Requests.EditAsync(http, Publisher, (document, body, problems) => PolicyEdits.Batch(document, isGroup, name, body, problems));

    public Task<IResult> WriteRule(HttpContext http, bool isGroup, string name, string id) =>
        Requests.EditAsync(http, Publisher, (document, body, problems) => PolicyEdits.PutRule(document, isGroup, name, id, body, problems));

    public Task<IResult> PatchRule(HttpContext http, bool isGroup, string name, string id) =>
        Requests.EditAsync(http, Publisher, (document, body, problems) => PolicyEdits.PatchRule(document, isGroup, name, id, body, problems));

    public IResult DeleteRule(HttpContext http, bool isGroup, string name, string id) =>
        Requests.Edit(http, Publisher, (document, _) => (PolicyEdits.DeleteRule(document, isGroup, name, id), null));

    public async Task<IResult> TestVerdict(HttpContext http)
    {
        var (question, refusal) = await Requests.ReadJsonAsync<VerdictQuestion>(http.Request).ConfigureAwait(false);
        if (question is null)
            return refusal!;
        if (!InternetAddress.TryParse(question.Client ?? "", out var client))
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-address", $"'client' is '{question.Client}'", "Give the address of a client, such as 10.0.3.7");
        if (!DomainName.TryParse(question.Name ?? "", out var name))
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-name", $"'name' is '{question.Name}'", "Give a name such as api.example.com");
        if (!RecordTypeText.TryRead(question.Type ?? "A", out var type))
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-type", $"'type' is '{question.Type}'", "Give a type such as A, AAAA or TXT");
        return Results.Json(VerdictTest.Judge(services.Live.Current, client, name, type, services.Time.GetUtcNow().ToUnixTimeSeconds()));
    }
}
