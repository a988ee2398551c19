using System.Text.Json.Nodes;

namespace DnsGuard.Cli;

/// <summary>Shows what an edit changed: data to stdout, the summary to stderr.</summary>
internal static class Changes
{
    /// <summary>Writes the changes; returns how many there are.</summary>
    public static async Task<int> WriteAsync(JsonNode edit)
    {
        var changes = edit["changes"]!.AsArray();
        foreach (var change in changes)
        {
            if (change!["before"] is { } before)
                await Console.Out.WriteLineAsync($"- {change["path"]}: {before}").ConfigureAwait(false);
            if (change["after"] is { } after)
                await Console.Out.WriteLineAsync($"+ {change["path"]}: {after}").ConfigureAwait(false);
        }

        var isDryRun = edit["dryRun"]!.GetValue<bool>();
        await Console.Error.WriteLineAsync(isDryRun ? $"{changes.Count} {(changes.Count == 1 ? "change" : "changes")} to revision {edit["revision"]}, none made" : $"revision {edit["revision"]} is in force").ConfigureAwait(false);
        return changes.Count;
    }
}
