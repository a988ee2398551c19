using System.Globalization;
using System.Text.Json;
using DnsGuard.Control.Access;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DnsGuard.Control.Policies;

/// <summary>What every edit over HTTP has in common: the body read with positions, If-Match, dry runs, and the answer.</summary>
internal static class Requests
{
    /// <summary>Reads a body as text; null, and the answer that says why, where it is not JSON or YAML.</summary>
    /// <param name="request">The request.</param>
    /// <param name="alsoOctets">Are forms that have no media type of their own taken as octets?</param>
    public static async Task<(string? Text, IResult? Refusal)> ReadTextAsync(HttpRequest request, bool alsoOctets = false)
    {
        var type = request.ContentType?.Split(';')[0].Trim();
        // Also what keeps forms of foreign pages out: they can send text/plain, but not these.
        if (type is not ("application/json" or "application/yaml" or "application/merge-patch+json") && !(alsoOctets && type == "application/octet-stream"))
            return (null, Problems.Of(StatusCodes.Status415UnsupportedMediaType, "media-type", $"The body is '{type}'", $"Send {(alsoOctets ? "application/octet-stream" : "application/json or application/yaml")}"));
        using var reader = new StreamReader(request.Body);
        return (await reader.ReadToEndAsync().ConfigureAwait(false), null);
    }

    /// <summary>Reads a small body that is no policy; null, and the answer that says why, where it is not what is wanted.</summary>
    /// <remarks>Called by the handlers, since the framework would read it before anybody is asked for a token.</remarks>
    public static async Task<(T? Body, IResult? Refusal)> ReadJsonAsync<T>(HttpRequest request)
        where T : class
    {
        if (!request.HasJsonContentType())
            return (null, Problems.Of(StatusCodes.Status415UnsupportedMediaType, "media-type", $"The body is '{request.ContentType}'", "Send application/json"));
        try
        {
            if (await request.ReadFromJsonAsync<T>().ConfigureAwait(false) is { } body)
                return (body, null);
            return (null, Problems.Of(StatusCodes.Status400BadRequest, "bad-form", "The body is null", "Send an object"));
        }
        catch (InvalidOperationException)
        {
            // A charset that nobody knows.
            return (null, Problems.Of(StatusCodes.Status400BadRequest, "bad-form", "The body cannot be read", "Mend the form, and see the OpenAPI document for what belongs there"));
        }
        catch (JsonException wrong)
        {
            return (null, Problems.Of(StatusCodes.Status400BadRequest, "bad-form", $"The body cannot be read at '{wrong.Path ?? "$"}' in line {Text((wrong.LineNumber ?? 0) + 1)}", "Mend the form, and see the OpenAPI document for what belongs there"));
        }
    }

    /// <summary>Runs an edit that needs the request's body.</summary>
    public static async Task<IResult> EditAsync(HttpContext http, PolicyPublisher publisher, Func<PolicyDocument, TextNode, List<TextProblem>, PolicyDocument?> edit, bool creates = false)
    {
        var (text, refusal) = await ReadTextAsync(http.Request).ConfigureAwait(false);
        if (refusal is not null)
            return refusal;
        return Edit(http, publisher, (document, problems) => (TextTree.Read(text!, problems) is { } root ? edit(document, root, problems) : null, null), creates);
    }

    /// <summary>Runs an edit.</summary>
    /// <param name="http">The request.</param>
    /// <param name="publisher">The road of an edit.</param>
    /// <param name="edit">Makes the next document and its text.</param>
    /// <param name="creates">Is something made that has a place of its own?</param>
    /// <param name="body">What is answered once it is done; null for what changed.</param>
    /// <param name="comment">Why, where the request does not say.</param>
    public static IResult Edit(HttpContext http, PolicyPublisher publisher, Func<PolicyDocument, List<TextProblem>, (PolicyDocument?, string?)> edit, bool creates = false, Func<EditResult, object>? body = null, string comment = "")
    {
        if (!TryReadIfMatch(http.Request, out var expected, out var refusal))
            return refusal!;
        if (!TryReadFlag(http.Request, "dryRun", "dry-run", out var isDryRun, out refusal))
            return refusal!;
        var caller = Gate.CallerOf(http);
        EditResult result;
        try
        {
            result = publisher.Edit(expected, edit, caller.Name, http.Request.Headers.TryGetValue("X-Comment", out var why) ? why.ToString() : comment, isDryRun);
        }
        catch (StoreException failure)
        {
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "store", failure.Message.TrimEnd('.'), "The policy in force is unchanged");
        }

        return Answer(http, result, creates, body);
    }

    /// <summary>Reads a parameter that is true or false; false where it is absent.</summary>
    /// <remarks>Whoever writes True or 1 means something, and must not get the contrary.</remarks>
    public static bool TryReadFlag(HttpRequest request, string name, string code, out bool value, out IResult? refusal)
    {
        var written = request.Query[name].ToString();
        value = written == "true";
        refusal = request.Query.ContainsKey(name) && written is not ("true" or "false")
            ? Problems.Of(StatusCodes.Status400BadRequest, code, $"'{name}' is '{written}'", $"Write {name}=true or {name}=false")
            : null;
        return refusal is null;
    }

    /// <summary>Puts the revision into the ETag.</summary>
    public static void Tag(HttpContext http, long revision) => http.Response.Headers.ETag = $"\"{Text(revision)}\"";

    private static IResult Answer(HttpContext http, EditResult result, bool creates, Func<EditResult, object>? body)
    {
        switch (result.Status)
        {
            case EditStatus.Refused:
                return Problems.Of(result.Problems);
            case EditStatus.NotFound:
                return Problems.NotFound("such revision, list, group or rule");
            case EditStatus.Stale:
                Tag(http, result.Revision);
                return Problems.Of(StatusCodes.Status412PreconditionFailed, "stale", $"The policy is at revision {Text(result.Revision)} by now", "Read it again, and repeat the edit on top of it");
            default:
                Tag(http, result.Revision);
                var answer = body?.Invoke(result) ?? new EditBody(result.Revision, result.Status is EditStatus.DryRun, result.Changes.Listed, result.Changes.Count);
                return Results.Json(answer, statusCode: creates && result.Status is EditStatus.Done ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        }
    }

    // RFC 6585 §3: an edit that does not say what it builds on could undo somebody else's. "*" says: whatever is there.
    private static bool TryReadIfMatch(HttpRequest request, out long? expected, out IResult? refusal)
    {
        expected = null;
        refusal = null;
        var header = request.Headers.IfMatch.ToString();
        if (header == "*")
            return true;
        if (header.Length == 0)
        {
            refusal = Problems.Of(StatusCodes.Status428PreconditionRequired, "if-match", "The edit does not say which revision it builds on", "Send If-Match with the ETag of what you read, or * to edit whatever is there");
            return false;
        }

        if (EntityTagHeaderValue.TryParse(header, out var tag) && !tag.IsWeak && long.TryParse(tag.Tag.AsSpan(1, tag.Tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
        {
            expected = revision;
            return true;
        }

        refusal = Problems.Of(StatusCodes.Status400BadRequest, "if-match", $"If-Match is '{header}'", "Send the ETag as it was received, such as \"41\"");
        return false;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
