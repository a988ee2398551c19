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
        });

    /// <summary>The headers and parameters that every edit takes.</summary>
    public static Task DescribeEdit(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(Text("If-Match", ParameterLocation.Header, "The ETag of what the edit builds on, or * for whatever is there.", isRequired: true));
        operation.Parameters.Add(Text("X-Comment", ParameterLocation.Header, "Why; kept with the revision."));
        operation.Parameters.Add(new OpenApiParameter { Name = "dryRun", In = ParameterLocation.Query, Description = "true: only tell what would change.", Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean } });
        return Task.CompletedTask;
    }

    private static OpenApiParameter Text(string name, ParameterLocation place, string description, bool isRequired = false) =>
        new() { Name = name, In = place, Description = description, Required = isRequired, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static bool MayBeNull(IOpenApiSchema schema) =>
        schema.Type?.HasFlag(JsonSchemaType.Null) == true || schema.OneOf?.Any(one => one.Type == JsonSchemaType.Null) == true;
}
