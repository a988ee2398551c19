using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.Access;

/// <summary>What POST requests with an <c>Idempotency-Key</c> were answered: whoever did not get the answer may ask again, and nothing is done twice.</summary>
/// <remarks>
/// Kept is what was done, also where it is answered that it could not be written down: tried again it would be done twice, and a completed request is
/// answered as it was, success or error (draft-ietf-httpapi-idempotency-key-header, "Idempotency Enforcement Scenarios"). A request that was refused changed nothing, and may be tried
/// again. In memory, for a day: a restart forgets it.
/// </remarks>
internal sealed class KeptAnswers(TimeProvider time)
{
    private const int LongestKey = 255;
    private const int Most = 10_000;
    private const long MostOctets = 32 << 20;
    private const int BodyThreshold = 64 << 10;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    // A request that is under way for longer will never be answered: its handler failed.
    private static readonly TimeSpan LongestRequest = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Caller, string Key), Entry> _entries = [];
    private readonly LinkedList<(string Caller, string Key)> _byAge = [];
    private long _octets;

    /// <summary>How many octets of answers are kept.</summary>
    public long Octets
    {
        get
        {
            lock (_lock)
                return _octets;
        }
    }

    /// <summary>Runs a request, or gives the answer that it got before.</summary>
    public async ValueTask<object?> RunAsync(Caller caller, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var key = request.Headers["Idempotency-Key"].ToString();
        if (key.Length == 0 || !HttpMethods.IsPost(request.Method))
            return await next(context).ConfigureAwait(false);
        if (key.Length > LongestKey || key.Any(character => character is < '!' or > '~'))
            return Problems.Of(StatusCodes.Status400BadRequest, "bad-key", "'Idempotency-Key' is too long, or has characters that are not visible ASCII", "Send a UUID, or anything unlike every other key within a day");
        var (entry, isFirst) = Begin((caller.Name, key), await FingerprintAsync(request).ConfigureAwait(false));
        if (entry is null)
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "key-reused", "The 'Idempotency-Key' was sent before with another request", "Send a new key with every new request");
        if (!isFirst)
            return (object?)entry.Answer ?? Problems.Of(StatusCodes.Status409Conflict, "under-way", "The first request with this 'Idempotency-Key' is still under way, or its answer was too large to keep", "Ask again in a moment, or look at what is in force");
        try
        {
            var result = await next(context).ConfigureAwait(false);
            // What is streamed has gone already, and is too large to keep.
            if (!context.HttpContext.Response.HasStarted && result is IResult answer && (answer as IStatusCodeHttpResult)?.StatusCode is null or (>= 200 and < 300))
                return new FirstAnswer(answer, kept => Keep(entry, kept));
            Forget(entry);
            return result;
        }
        catch
        {
            Forget(entry);
            throw;
        }
    }

    /// <summary>Answers otherwise than the handler did, once it has done its work: this is then the answer that the key holds.</summary>
    public static IResult Instead(object? answer, IResult other) => answer is FirstAnswer first ? first.Instead(other) : other;

    private static async Task<byte[]> FingerprintAsync(HttpRequest request)
    {
        request.EnableBuffering(BodyThreshold);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Path}{request.QueryString}\n"));
        var block = new byte[1 << 14];
        for (int read; (read = await request.Body.ReadAsync(block).ConfigureAwait(false)) > 0;)
            hash.AppendData(block, 0, read);
        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }

    // No entry: the key is another request's.
    private (Entry? Entry, bool IsFirst) Begin((string, string) name, byte[] fingerprint)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            while (_byAge.First is { } oldest && (_entries[oldest.Value].At <= now - Lifetime || _byAge.Count >= Most || _octets > MostOctets))
                ForgetLocked(_entries[oldest.Value]);
            if (_entries.TryGetValue(name, out var known) && known.Answer is null && known.At <= now - LongestRequest)
                ForgetLocked(known);
            else if (known is not null)
                return (known.Fingerprint.AsSpan().SequenceEqual(fingerprint) ? known : null, false);
            var entry = new Entry(name, fingerprint, now, _byAge.AddLast(name));
            _entries[name] = entry;
            return (entry, true);
        }
    }

    private void Keep(Entry entry, KeptAnswer answer)
    {
        lock (_lock)
        {
            entry.Answer = answer;
            _octets += answer.Body.Length;
        }
    }

    private void Forget(Entry entry)
    {
        lock (_lock)
            ForgetLocked(entry);
    }

    private void ForgetLocked(Entry entry)
    {
        if (!_entries.Remove(entry.Name))
            return;
        _byAge.Remove(entry.Place);
        _octets -= entry.Answer?.Body.Length ?? 0;
    }

    private sealed record Entry((string, string) Name, byte[] Fingerprint, DateTimeOffset At, LinkedListNode<(string, string)> Place)
    {
        public KeptAnswer? Answer { get; set; }
    }

    /// <summary>The first answer: kept before it is sent, since the sending is what may fail.</summary>
    private sealed class FirstAnswer(IResult answer, Action<KeptAnswer> keep) : IResult, IStatusCodeHttpResult
    {
        private const int LargestBody = 1 << 20;

        public int? StatusCode => (answer as IStatusCodeHttpResult)?.StatusCode;

        public FirstAnswer Instead(IResult other) => new(other, keep);

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            var wire = response.Body;
            using var written = new MemoryStream();
            response.Body = written;
            try
            {
                await answer.ExecuteAsync(httpContext).ConfigureAwait(false);
            }
            finally
            {
                response.Body = wire;
            }

            var body = written.ToArray();
            if (body.Length <= LargestBody)
                keep(new KeptAnswer(response.StatusCode, response.ContentType, response.Headers.ETag.ToString() is { Length: > 0 } tag ? tag : null, body));
            if (body.Length > 0)
                await wire.WriteAsync(body, httpContext.RequestAborted).ConfigureAwait(false);
        }
    }
}
