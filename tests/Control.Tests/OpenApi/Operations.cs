namespace DnsGuard.Control.Tests.OpenApi;

/// <summary>One operation of the API, as its own document has it.</summary>
internal sealed record Operation(string Method, string Path, string Id, string Description, IReadOnlyList<string> Answers)
{
    /// <summary>Does it change something, as far as HTTP knows?</summary>
    public bool IsRead => Method == "GET";

    /// <summary>The path with something in every hole.</summary>
    public string Filled => "//" + Path.TrimStart('/').Replace("{number}", "1", StringComparison.Ordinal).Replace("{address}", "192.0.2.1", StringComparison.Ordinal).Replace("{target}", "feed", StringComparison.Ordinal)
        .Replace("{group}", "build", StringComparison.Ordinal).Replace("{name}", "github", StringComparison.Ordinal).Replace("{id}", "all-of-it", StringComparison.Ordinal);

    /// <summary>Is it how one gets in, or out?</summary>
    public bool IsDoor => Description.StartsWith("Needs no token", StringComparison.Ordinal);

    /// <summary>The scope it needs; null where any token will do.</summary>
    public string? Scope => Description.StartsWith("Needs the scope ", StringComparison.Ordinal) ? Description["Needs the scope ".Length..].TrimEnd('.') : null;
}

internal static class Operations
{
    /// <summary>Every operation there is, so that a test of all of them forgets none.</summary>
    public static async Task<IReadOnlyList<Operation>> ReadAsync(ControlNode node)
    {
        using var api = new Api(node.Address, null);
        var paths = (await api.GetAsync("//openapi/v1.json")).Json["paths"]!.AsObject();
        return
        [
            .. paths.SelectMany(path => path.Value!.AsObject().Select(operation => new Operation(
                operation.Key.ToUpperInvariant(), path.Key, (string)operation.Value!["operationId"]!, (string)operation.Value["description"]!,
                [.. operation.Value["responses"]!.AsObject().Select(answer => answer.Key)]))),
        ];
    }
}
