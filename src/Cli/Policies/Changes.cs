using System.Text.Json.Nodes;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Policies;

/// <summary>Shows what an edit changed: data to stdout, the summary to stderr.</summary>
internal static class Changes
{
    /// <summary>Writes the changes; returns how many there are.</summary>
    public static async Task<int> WriteAsync(JsonNode edit, OutputForm form)
    {
        var changes = edit["changes"]!.AsArray();
        if (form is OutputForm.Json or OutputForm.Yaml)
        {
            Output.WriteNode(edit, form);
        }
        else
        {
            foreach (var change in changes)
                Write(change!, form);
        }

        var count = edit["changeCount"]?.GetValue<int>() ?? changes.Count;
        if (count > changes.Count && form is OutputForm.Table or OutputForm.Name)
            await Console.Error.WriteLineAsync($"… and {count - changes.Count} more").ConfigureAwait(false);
        await Console.Error.WriteLineAsync(edit["dryRun"]!.GetValue<bool>() ? $"{count} {(count == 1 ? "change" : "changes")} to revision {edit["revision"]}, none made" : $"revision {edit["revision"]} is in force").ConfigureAwait(false);
        return count;
    }

    private static void Write(JsonNode change, OutputForm form)
    {
        if (form is OutputForm.Name)
        {
            Console.Out.WriteLine(change["path"]);
            return;
        }

        if (change["before"] is { } before)
            Console.Out.WriteLine($"- {change["path"]}: {before}");
        if (change["after"] is { } after)
            Console.Out.WriteLine($"+ {change["path"]}: {after}");
    }
}
