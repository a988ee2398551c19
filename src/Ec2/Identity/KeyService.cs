using System.Globalization;
using System.Text.Json;
using Amazon.Runtime;

namespace DnsGuard.Ec2.Identity;

/// <summary>A service beside us that gives out keys over HTTP.</summary>
internal sealed class KeyService(HttpClient http, TimeProvider time)
{
    private const int Tries = 3;

    /// <summary>How long one request may take: such a service is on the machine or one hop away, and answers within milliseconds or not at all. With its repetitions it stays well within a call's deadline.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Gets keys; again if that fails.</summary>
    /// <param name="name">What it is, as the subject of a sentence.</param>
    /// <param name="ask">The requests that lead to the document with the keys, made anew each time.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="NoCredentialsException">It has none.</exception>
    public async Task<Lease> FetchAsync(string name, Func<CancellationToken, Task<string>> ask, CancellationToken cancel)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return Read(await ask(cancel).ConfigureAwait(false));
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or TimeoutException)
            {
                if (tried == Tries)
                    throw new NoCredentialsException($"{name} gave no keys: {failure.Message}", failure);
            }

            await Task.Delay(Pause, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Makes a request.</summary>
    /// <exception cref="HttpRequestException">It was refused, or there is nobody.</exception>
    /// <exception cref="TimeoutException">Nothing came back in time.</exception>
    public async Task<string> SendAsync(HttpMethod method, Uri uri, string header, string? value, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        using var request = new HttpRequestMessage(method, uri);
        if (value is not null)
            request.Headers.TryAddWithoutValidation(header, value);
        try
        {
            using var response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new HttpRequestException($"{method} {uri} was answered with {(int)response.StatusCode}", null, response.StatusCode);
            return (await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false)).Trim();
        }
        catch (OperationCanceledException over) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"{method} {uri} was not answered within {RequestTimeout.TotalSeconds:F0} s", over);
        }
    }

    private static Lease Read(string document)
    {
        using var json = JsonDocument.Parse(document);
        string? Field(string name) => json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        if (Field("AccessKeyId") is not { Length: > 0 } accessKey || Field("SecretAccessKey") is not { Length: > 0 } secretKey)
            throw new JsonException(Field("Message") ?? Field("Code") ?? "its answer holds none");
        DateTimeOffset? until = DateTimeOffset.TryParse(Field("Expiration"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? end : null;
        return new Lease(new ImmutableCredentials(accessKey, secretKey, Field("Token")), until);
    }
}
