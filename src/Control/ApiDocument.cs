using DnsGuard.Policy.Exchange;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DnsGuard.Control;

/// <summary>What the OpenAPI document says beyond what the framework finds out by itself.</summary>
internal static class ApiDocument
{
    /// <summary>Adds it.</summary>
    public static void Configure(OpenApiOptions options) => options
        .AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "DnsGuard", Version = "v1", Description = "Allowlist edits, query-log review, grants and targets of a DnsGuard node." };
            document.Servers = [];
            // The API leaves out what is null, so nothing that may be null is required.
            foreach (var schema in document.Components?.Schemas?.Values ?? [])
            {
                foreach (var name in schema.Properties?.Where(property => MayBeNull(property.Value)).Select(property => property.Key) ?? [])
                    schema.Required?.Remove(name);
            }

            return Task.CompletedTask;
        })
        .AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.HttpMethod == "POST")
                (operation.Parameters ??= []).Add(Text("Idempotency-Key", ParameterLocation.Header, "The same key with the same request is answered as the first time, for a day, and nothing is done again."));
            return Task.CompletedTask;
        });

    /// <summary>The headers and parameters that every edit takes.</summary>
    public static Task DescribeEdit(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(Text("If-Match", ParameterLocation.Header, "The ETag of what the edit builds on, or * for whatever is there.", isRequired: true));
        operation.Parameters.Add(Text("X-Comment", ParameterLocation.Header, "Why; kept with the revision."));
        operation.Parameters.Add(Flag("dryRun", "true: only tell what would change."));
        return Task.CompletedTask;
    }

    /// <summary>The parameters of exports and imports alike.</summary>
    public static Task DescribeExchange(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        AddExchange(operation);
        return Task.CompletedTask;
    }

    /// <summary>The parameters of imports.</summary>
    public static Task DescribeImport(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        AddExchange(operation);
        operation.Parameters!.Add(Text("mode", ParameterLocation.Query, "merge adds to what is there; replace removes what the file has not. merge where absent."));
        operation.Parameters.Add(Text("service", ParameterLocation.Query, "Which service of a Smokescreen ACL with several."));
        operation.Parameters.Add(Flag("skip", "true: lines that cannot be taken over are left behind; otherwise they stop the import."));
        operation.Parameters.Add(Flag("broad", "true: the breadth of patterns at or above a public suffix is meant."));
        operation.Parameters.Add(Flag("create", "true: a list that does not exist is made."));
        return Task.CompletedTask;
    }

    /// <summary>The events of the live log.</summary>
    public static Task DescribeStream(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        operation.Responses!["200"].Description = "Server-sent events: 'query' is a row, its id the row's; 'dropped' comes before rows when more came at once than are shown: {\"more\": true, \"rows\": how many were left out, \"exact\": false where at least so many}.";
        return Task.CompletedTask;
    }

    private static void AddExchange(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(Text("format", ParameterLocation.Query, $"How the names are written: {string.Join(", ", PolicyExchange.Names)}.", isRequired: true));
        operation.Parameters.Add(Text("list", ParameterLocation.Query, "The shared list; this or group."));
        operation.Parameters.Add(Text("group", ParameterLocation.Query, "The group; its export holds the rules of its lists too."));
        operation.Parameters.Add(Text("action", ParameterLocation.Query, "allow or deny: what bare names do, where the format does not say."));
    }

    private static OpenApiParameter Flag(string name, string description) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean } };

    private static OpenApiParameter Text(string name, ParameterLocation place, string description, bool isRequired = false) =>
        new() { Name = name, In = place, Description = description, Required = isRequired, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static bool MayBeNull(IOpenApiSchema schema) =>
        schema.Type?.HasFlag(JsonSchemaType.Null) == true || schema.OneOf?.Any(one => one.Type == JsonSchemaType.Null) == true;
}
