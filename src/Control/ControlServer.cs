using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using DnsGuard.Control.Access;
using DnsGuard.Control.Console;
using DnsGuard.Control.Health;
using DnsGuard.Control.Https;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Control;

/// <summary>The API's web server, put together.</summary>
public static class ControlServer
{
    /// <summary>The path of the OpenAPI document.</summary>
    public const string OpenApiPath = "/openapi/v1.json";

    /// <summary>Builds the server; it listens once it is started.</summary>
    /// <param name="options">Where and how it listens.</param>
    /// <param name="services">What it stands on.</param>
    /// <param name="metrics">What <c>/metrics</c> shows.</param>
    /// <param name="logging">Where the web server's own messages go.</param>
    /// <exception cref="ControlException">It may not listen like this; the message says what to do.</exception>
    public static WebApplication Build(ControlOptions options, ControlServices services, MetricsText metrics, Action<ILoggingBuilder> logging)
    {
        CheckExposure(options, services);
        // Nothing of the surroundings is read: no environment, no appsettings.json. What counts is in dnsguard.yaml.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [], ApplicationName = "DnsGuard.Control", EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        builder.Services.Configure<JsonOptions>(json => Configure(json.SerializerOptions));
        builder.Services.AddOpenApi(ApiDocument.Configure);
        // There, so that it ends with the server.
        builder.Services.AddSingleton<AccessMetrics>();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            foreach (var endpoint in options.DohListen.Prepend(options.Listen).Distinct())
            {
                kestrel.Listen(endpoint, listen =>
                {
                    if (options.Certificate is not null)
                        listen.UseHttps(Certificate(options));
                });
            }
        });

        var app = builder.Build();
        app.Use(ProtectAsync);
        var doh = new DnsOverHttps(options, services);
        app.Use((http, next) => doh.MayPass(http) ? next(http) : RefuseAsync(http));
        // After routing, so that whatever has a route of its own stays with it.
        app.UseRouting();
        app.Use(new ConsoleFiles(Path.Combine(AppContext.BaseDirectory, "console")).ServeAsync);
        app.UseStatusCodePages(refused => Problems.OfStatus(refused.HttpContext.Response.StatusCode).ExecuteAsync(refused.HttpContext));
        app.MapOpenApi();
        ControlEndpoints.Map(app, options, services, metrics, app.Services.GetRequiredService<AccessMetrics>(), doh);
        return app;
    }

    /// <summary>JSON as the API speaks it: camel case, null left out, enumerations by name.</summary>
    public static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
    }

    private static Task ProtectAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "no-store";
        return next(http);
    }

    private static Task RefuseAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static void CheckExposure(ControlOptions options, ControlServices services)
    {
        // RFC 8484 §5: HTTPS. In the clear only where nothing leaves this machine.
        if (options.Certificate is null && options.DohListen.FirstOrDefault(endpoint => !IPAddress.IsLoopback(endpoint.Address)) is { } exposed)
            throw new ControlException($"DNS over HTTPS may not listen on {exposed} without TLS. Set control.certificate, or listen on loopback.");
        if (IPAddress.IsLoopback(options.Listen.Address))
            return;
        if (options.Certificate is null)
            throw new ControlException($"the control API may not listen on {options.Listen} without TLS: tokens would travel in the clear. Set control.certificate, or listen on loopback.");
        if (!services.Tokens.Any())
            throw new ControlException($"the control API may not listen on {options.Listen} before a token exists. Start it on loopback, run 'dnsguard token create --name admin --scope admin', then change control.listen.");
    }

    private static X509Certificate2 Certificate(ControlOptions options)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(options.Certificate!, options.CertificateKey);
        }
        catch (ArgumentException)
        {
            throw new ControlException("control.certificate cannot be used: its key is another certificate's. Give the key that it was made with.");
        }
        catch (Exception failure) when (failure is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw new ControlException($"control.certificate cannot be used: {failure.Message.TrimEnd('.')}. Give PEM files of a certificate and its key that this user may read.");
        }
    }
}
