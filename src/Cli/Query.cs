namespace DnsGuard.Cli;

/// <summary>The query part of a URL.</summary>
internal static class Query
{
    /// <summary>Parameters that have a value, escaped.</summary>
    public static string Of(params IEnumerable<(string Key, string? Value)> parameters)
    {
        var given = parameters.Where(parameter => parameter.Value is not null).Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value!)}");
        var joined = string.Join('&', given);
        return joined.Length == 0 ? "" : $"?{joined}";
    }
}
