using System.Net;
using System.Web;
using System.Xml.Linq;

namespace DnsGuard.TestKit.Aws;

/// <summary>Stands in front of every test that speaks to EC2: requests and answers are held against the service model, and what is wrong is thrown at the end.</summary>
public sealed class ContractHandler : DelegatingHandler
{
    private readonly List<string> _wrong = [];
    private readonly Lock _lock = new();

    /// <summary>Wraps a handler.</summary>
    public ContractHandler(HttpMessageHandler inner)
        : base(inner)
    {
    }

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<string> Wrong
    {
        get
        {
            lock (_lock)
                return [.. _wrong];
        }
    }

    /// <summary>How many requests there were.</summary>
    public int Requests { get; private set; }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var form = HttpUtility.ParseQueryString(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
        var fields = form.AllKeys.OfType<string>().SelectMany(key => form.GetValues(key)!.Select(value => KeyValuePair.Create(key, value))).ToList();
        var wrong = new List<string>(Ec2Contract.Instance.CheckRequest(fields));
        if (request.Method != HttpMethod.Post)
            wrong.Add($"the method is {request.Method}");
        if (request.Content?.Headers.ContentType?.MediaType != "application/x-www-form-urlencoded")
            wrong.Add($"the content is {request.Content?.Headers.ContentType}");
        var authorization = request.Headers.TryGetValues("Authorization", out var values) ? string.Join(' ', values) : "";
        if (!authorization.StartsWith("AWS4-HMAC-SHA256 Credential=", StringComparison.Ordinal) || !authorization.Contains("/ec2/aws4_request", StringComparison.Ordinal) || !authorization.Contains("Signature=", StringComparison.Ordinal))
            wrong.Add($"the request is not signed for EC2: '{authorization}'");
        Note(wrong);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.OK && form["Action"] is { } action)
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            // An answer that was cut on purpose is no answer of the model.
            if (TryParse(text) is { } answer)
                Note(Ec2Contract.Instance.CheckAnswer(action, answer));
        }

        return response;
    }

    private static XElement? TryParse(string text)
    {
        try
        {
            return XElement.Parse(text);
        }
        catch (System.Xml.XmlException)
        {
            return null;
        }
    }

    private void Note(IEnumerable<string> wrong)
    {
        lock (_lock)
        {
            Requests++;
            _wrong.AddRange(wrong);
        }
    }
}
