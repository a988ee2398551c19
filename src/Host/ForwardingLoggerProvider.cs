using Microsoft.Extensions.Logging;

namespace DnsGuard.Host;

/// <summary>Sends what the web server has to say to the one log there is.</summary>
internal sealed class ForwardingLoggerProvider(ILoggerFactory loggers) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
