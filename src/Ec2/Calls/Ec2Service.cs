using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Transform;

namespace DnsGuard.Ec2.Calls;

/// <summary>EC2 as AWSSDK.Core's pipeline knows a service: it signs, retries and renews credentials; forms and answers go through one marshaller and one unmarshaller.</summary>
internal sealed class Ec2Service(AWSCredentials credentials, Ec2ServiceConfig config) : AmazonServiceClient(credentials, config)
{
    private static readonly InvokeOptions Forms = new() { RequestMarshaller = new FormMarshaller(), ResponseUnmarshaller = new ReplyUnmarshaller() };

    /// <summary>Calls an operation.</summary>
    /// <param name="action">Its name.</param>
    /// <param name="form">Its parameters.</param>
    /// <param name="attempts">Is told of each attempt.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<Reply> CallAsync(string action, QueryForm form, Attempts attempts, CancellationToken cancel) =>
        new((await InvokeAsync<Ec2Response>(new Ec2Request(action, form, attempts), Forms, cancel).ConfigureAwait(false)).Root);

    /// <inheritdoc/>
    protected override IServiceMetadata ServiceMetadata { get; } = new Metadata();

    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.AddHandlerAfter<Marshaller>(new EndpointStep());
        pipeline.AddHandlerAfter<Marshaller>(new AuthStep());
        pipeline.AddHandlerAfter<RetryHandler>(new AttemptStep());
    }

    private sealed class Metadata : IServiceMetadata
    {
        public string ServiceId => "EC2";

        public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
    }

    private sealed class EndpointStep : BaseEndpointResolver
    {
        protected override void ServiceSpecificHandler(IExecutionContext executionContext, EndpointParameters parameters)
        {
        }

        protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) => new();
    }

    private sealed class AuthStep : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
    }

    // Below the retries: it sees each attempt.
    private sealed class AttemptStep : PipelineHandler
    {
        public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var attempts = ((Ec2Request)executionContext.RequestContext.OriginalRequest).Attempts;
            attempts.Begin();
            try
            {
                return await base.InvokeAsync<T>(executionContext).ConfigureAwait(false);
            }
            catch (AmazonServiceException refusal) when (Ec2Refusals.IsRefused(refusal))
            {
                attempts.Refuse(refusal);
                throw;
            }
        }
    }

    private sealed class Ec2Request(string action, QueryForm form, Attempts attempts) : AmazonWebServiceRequest
    {
        public Attempts Attempts => attempts;

        public string Action => action;

        public QueryForm Form => form;
    }

    private sealed class Ec2Response : AmazonWebServiceResponse
    {
        public XElement? Root { get; init; }
    }

    private sealed class FormMarshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
    {
        public IRequest Marshall(AmazonWebServiceRequest input)
        {
            var call = (Ec2Request)input;
            var request = new DefaultRequest(call, "Amazon.EC2");
            request.Parameters.Add("Action", call.Action);
            request.Parameters.Add("Version", Ec2ServiceConfig.ApiVersion);
            foreach (var (key, value) in call.Form.Fields)
                request.Parameters.Add(key, value);
            return request;
        }
    }

    private sealed class ReplyUnmarshaller : EC2ResponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input) => new Ec2Response { Root = Load(input) };

        public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
        {
            XElement? root = null;
            try
            {
                root = Load(input);
            }
            catch (XmlException)
            {
                // A load balancer's page, not EC2's words: the status has to do.
            }

            var error = root?.Descendants().FirstOrDefault(element => element.Name.LocalName == "Error");
            string? Field(string name) => (error ?? root)?.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
            var isOurs = (int)statusCode is >= 400 and < 500;
            return new AmazonServiceException(
                Field("Message") ?? $"HTTP {(int)statusCode}", innerException, isOurs ? ErrorType.Sender : ErrorType.Receiver, Field("Code") ?? $"Http{(int)statusCode}",
                root?.Descendants().FirstOrDefault(element => element.Name.LocalName is "RequestID" or "requestId")?.Value, statusCode);
        }

        private static XElement Load(XmlUnmarshallerContext context) => XElement.Load(context.Stream);
    }
}

/// <summary>The library's settings for EC2.</summary>
internal sealed class Ec2ServiceConfig : ClientConfig
{
    /// <summary>The version of the API that our forms are written for.</summary>
    public const string ApiVersion = "2016-11-15";

    /// <summary>Sets what never changes.</summary>
    public Ec2ServiceConfig()
        : base(new Defaults())
    {
        AuthenticationServiceName = "ec2";
        RetryMode = RequestRetryMode.Standard;
        MaxErrorRetry = 4;
        ThrottleRetries = true;
        EndpointProvider = new OneEndpoint(this);
    }

    /// <inheritdoc/>
    public override string ServiceVersion => ApiVersion;

    /// <inheritdoc/>
    public override string UserAgent => "dnsguard";

    /// <inheritdoc/>
    public override string RegionEndpointServiceName => "ec2";

    /// <inheritdoc/>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => new(ServiceURL);

    // Where the API is has been worked out already.
    private sealed class OneEndpoint(ClientConfig config) : IEndpointProvider
    {
        public Endpoint ResolveEndpoint(EndpointParameters parameters) => new(config.ServiceURL);
    }

    private sealed class Defaults : IDefaultConfigurationProvider
    {
        public IDefaultConfiguration GetDefaultConfiguration(RegionEndpoint clientRegion, DefaultConfigurationMode? requestedConfigurationMode = null) => new DefaultConfiguration
        {
            Name = DefaultConfigurationMode.Standard,
            RetryMode = RequestRetryMode.Standard,
        };
    }
}
