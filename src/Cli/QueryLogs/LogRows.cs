using System.Text.Json.Nodes;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.QueryLogs;

/// <summary>Rows of the query log, shown all at once or one by one as they come.</summary>
internal static class LogRows
{
    private static readonly Column[] Columns =
    [
        ("TIME", row => Cells.Moment(row["at"], withMilliseconds: true)),
        Column.Of("CLIENT", "client"),
        Column.Of("GROUP", "group"),
        Column.Of("NAME", "name"),
        Column.Of("TYPE", "type"),
        Column.Of("OUTCOME", "outcome"),
        ("BY", row => (string?)row["rule"] ?? (string?)row["reason"]),
        Column.Of("RCODE", "responseCode"),
        Column.Of("FROM", "source"),
        Column.Of("N", "count"),
        Column.Of("ANSWER", "addresses"),
    ];

    // Rows that come one by one cannot know how wide those to come will be: what most need, and the name has the rest.
    private static readonly int[] Usual = [24, 15, 12, 40, 5, 7, 16, 8, 8, 3, 39];

    /// <summary>Shows a page.</summary>
    public static void Write(JsonArray rows, OutputForm form) => Output.Write(rows, form, "name", Columns);

    /// <summary>Shows the headings of rows that come one by one, where a person reads them.</summary>
    public static void WriteHeadings(OutputForm form)
    {
        if (form is OutputForm.Table && Output.Terminal is { } terminal)
            TextTable.WriteRow(terminal, [.. Columns.Select(column => column.Heading)], Widths(terminal.Profile.Width), _ => new(decoration: Spectre.Console.Decoration.Bold));
    }

    /// <summary>Shows one row, whole, at once.</summary>
    public static void WriteOne(JsonNode row, OutputForm form)
    {
        switch (form)
        {
            case OutputForm.Json:
                Console.Out.WriteLine(Output.Line(row));
                break;
            case OutputForm.Yaml:
                Console.Out.Write($"---\n{YamlText.Write(row)}");
                break;
            case OutputForm.Name:
                Console.Out.WriteLine(Cells.Plain((string?)row["name"]));
                break;
            default:
                WriteCells([.. Columns.Select(column => Cells.Plain(column.Cell(row)))]);
                break;
        }

        // Whoever follows wants to see it now, through pipes too.
        Console.Out.Flush();
    }

    private static void WriteCells(IReadOnlyList<string> cells)
    {
        if (Output.Terminal is { } terminal)
            TextTable.WriteRow(terminal, cells, Widths(terminal.Profile.Width), TextTable.StyleOf);
        else
            TextTable.Write(null, Console.Out, [], [cells]);
    }

    private static int[] Widths(int available) => TextTable.Fit(Usual, available);
}
