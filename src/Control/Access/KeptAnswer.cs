using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Access;

/// <summary>An answer that is given again to who repeats a request with the same key.</summary>
/// <param name="StatusCode">Its status.</param>
/// <param name="ContentType">What its body is.</param>
/// <param name="ETag">The revision that it told.</param>
/// <param name="Body">Its body.</param>
internal sealed record KeptAnswer(int StatusCode, string? ContentType, string? ETag, byte[] Body) : IResult, IStatusCodeHttpResult
{
    /// <summary>Says that nothing was done this time.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    int? IStatusCodeHttpResult.StatusCode => StatusCode;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers[ReplayedHeader] = "true";
        await WriteAsync(httpContext.Response).ConfigureAwait(false);
    }

    /// <summary>Writes it as it was the first time.</summary>
    public async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = StatusCode;
        response.ContentType = ContentType;
        if (ETag is not null)
            response.Headers.ETag = ETag;
        // 204 has no body, and may not claim a length.
        if (Body.Length > 0)
            await response.Body.WriteAsync(Body).ConfigureAwait(false);
    }
}
