using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Cli.Tests;

/// <summary>A web server that is not ours, or that fails in ways ours should not.</summary>
internal sealed class Stranger : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Stranger(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public static Task<Stranger> ServeAsync(string page) => ServeAsync(http => http.Response.WriteAsync(page));

    public static async Task<Stranger> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new Stranger(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
