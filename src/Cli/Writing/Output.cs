using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace DnsGuard.Cli.Writing;

/// <summary>Writes data to stdout, in the form that was asked for.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Stdout as a terminal; null where it is piped, since control codes and cut texts are for people.</summary>
    public static IAnsiConsole? Terminal { get; } = Console.IsOutputRedirected ? null : AnsiConsole.Console;

    /// <summary>Writes a list of items.</summary>
    /// <param name="items">What the API gave.</param>
    /// <param name="form">How.</param>
    /// <param name="nameKey">The key that holds what an item is called by.</param>
    /// <param name="columns">What a table shows of each.</param>
    public static void Write(JsonArray items, OutputForm form, string nameKey, params ReadOnlySpan<Column> columns)
    {
        switch (form)
        {
            case OutputForm.Json or OutputForm.Yaml:
                WriteNode(items, form);
                return;
            case OutputForm.Name:
                foreach (var item in items)
                    Console.Out.WriteLine(Cells.Plain(Cells.Text(item![nameKey])));
                return;
        }

        var headings = new List<string>(columns.Length);
        var rows = items.Select(_ => new List<string>()).ToList();
        foreach (var column in columns)
        {
            headings.Add(column.Heading);
            for (var row = 0; row < rows.Count; row++)
                rows[row].Add(Cells.Plain(column.Cell(items[row]!)));
        }

        TextTable.Write(Terminal, Console.Out, headings, rows);
    }

    /// <summary>Writes one thing; for people as YAML, since that is how a policy is written.</summary>
    public static void WriteOne(JsonNode item, OutputForm form, string nameKey)
    {
        if (form is OutputForm.Name)
            Console.Out.WriteLine(Cells.Plain(Cells.Text(item[nameKey])));
        else
            WriteNode(item, form);
    }

    /// <summary>Writes a value whole: as JSON, or else as YAML.</summary>
    public static void WriteNode(JsonNode node, OutputForm form)
    {
        if (form is OutputForm.Json)
            Console.Out.WriteLine(node.ToJsonString(Indented));
        else
            Console.Out.Write(YamlText.Write(node));
    }

    /// <summary>A value as JSON on one line, for streams.</summary>
    public static string Line(JsonNode node) => node.ToJsonString(OneLine);
}
