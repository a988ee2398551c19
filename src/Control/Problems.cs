using DnsGuard.Policy.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace DnsGuard.Control;

/// <summary>Errors as <c>application/problem+json</c> (RFC 9457).</summary>
internal static class Problems
{
    /// <summary>One problem.</summary>
    public static IResult Of(int status, string code, string detail, string cure) =>
        Results.Problem(new ProblemDetails { Status = status, Title = code, Detail = $"{detail}. {cure}." });

    /// <summary>Everything that is wrong with a body.</summary>
    public static IResult Of(IReadOnlyList<TextProblem> problems) => Results.Problem(new ProblemDetails
    {
        Status = problems.All(problem => problem.Code == "bad-form") ? StatusCodes.Status400BadRequest : StatusCodes.Status422UnprocessableEntity,
        Title = "invalid",
        Detail = problems.Count == 1 ? "One thing is wrong; nothing was changed." : $"{problems.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)} things are wrong; nothing was changed.",
        Extensions = { ["errors"] = problems },
    });

    /// <summary>What the web server itself refuses, which would otherwise be an empty answer.</summary>
    public static IResult OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => NotFound("such path"),
        StatusCodes.Status405MethodNotAllowed => Of(status, "method", "The path does not take this method", "See the OpenAPI document for those that it takes"),
        StatusCodes.Status415UnsupportedMediaType => Of(status, "media-type", "The body is of a type that is not taken here", "Send application/json, or application/yaml where a policy is edited"),
        StatusCodes.Status400BadRequest => Of(status, "bad-request", "A parameter of the request cannot be read", "See the OpenAPI document for its form"),
        _ => Of(status, "refused", "The server cannot do this", "See its log"),
    };

    /// <summary>Something that is not there.</summary>
    public static IResult NotFound(string what) => Of(StatusCodes.Status404NotFound, "not-found", $"There is no {what}", "Check the spelling, or list what there is");
}
