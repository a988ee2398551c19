using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace DnsGuard.Cli;

/// <summary>How data is written to stdout.</summary>
internal enum OutputForm
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>As the API gave it.</summary>
    Json,

    /// <summary>The same as YAML; every JSON text is one, so this is it, indented.</summary>
    Yaml,
}

/// <summary>Writes items as a table, JSON or YAML.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a list of items.</summary>
    /// <param name="items">What the API gave.</param>
    /// <param name="form">How.</param>
    /// <param name="columns">Headings, and how a cell is read from an item.</param>
    public static void Write(JsonArray items, OutputForm form, params ReadOnlySpan<(string Heading, Func<JsonNode, string?> Cell)> columns)
    {
        if (form is not OutputForm.Table)
        {
            WriteNode(items);
            return;
        }

        var table = new Table { Border = TableBorder.None, ShowHeaders = true, UseSafeBorder = true };
        var width = 0;
        foreach (var (heading, cell) in columns)
        {
            // A character may take two places, and columns stand apart.
            width += (items.Select(item => Shown(cell(item!)).Length).Append(heading.Length).Max() * 2) + 2;
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))) { NoWrap = true });
        }

        foreach (var item in items)
        {
            var cells = new List<Text>(columns.Length);
            foreach (var (_, cell) in columns)
                cells.Add(new Text(Shown(cell(item!))));
            table.AddRow(cells);
        }

        // As wide as it needs to be: what does not fit would not be cut but left out, so that one long name hides every row. Terminals wrap.
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, width);
        // Piped into a file or another program it is plain: control codes are for terminals.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Capabilities.Ansi = false;
        AnsiConsole.Write(table);
    }

    /// <summary>Writes one thing as the API gave it.</summary>
    public static void WriteNode(JsonNode node) => Console.Out.WriteLine(node.ToJsonString(Indented));

    /// <summary>A list of texts in one cell.</summary>
    public static string Join(JsonNode? list) => string.Join(", ", (list as JsonArray ?? []).Select(item => (string?)item));

    // Comments and names of tokens are what people wrote: none of it may steer a terminal or forge a row.
    private static string Shown(string? text) => string.Concat((text ?? "").Select(character => char.IsControl(character) ? '\uFFFD' : character));
}
