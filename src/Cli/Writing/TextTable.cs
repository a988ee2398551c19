using System.Text;
using Spectre.Console;

namespace DnsGuard.Cli.Writing;

/// <summary>Rows and columns as text. On a terminal they are cut to fit; anywhere else nothing is lost, and a tab separates the cells.</summary>
internal static class TextTable
{
    private const int Gap = 2;
    private const int Least = 6;
    private const char Cut = '…';

    private static readonly Dictionary<string, Color> Colours = new(StringComparer.Ordinal)
    {
        ["allowed"] = Color.Green, ["ok"] = Color.Green, ["ready"] = Color.Green, ["audited"] = Color.Yellow, ["warn"] = Color.Yellow,
        ["blocked"] = Color.Red, ["refused"] = Color.Red, ["fail"] = Color.Red, ["unavailable"] = Color.Red, ["full"] = Color.Red,
    };

    /// <summary>Writes a table.</summary>
    /// <param name="terminal">The terminal; null where the output is piped.</param>
    /// <param name="output">Where piped output goes.</param>
    /// <param name="headings">The first row; empty for none.</param>
    /// <param name="rows">The others, each with as many cells; nothing in them steers a terminal.</param>
    public static void Write(IAnsiConsole? terminal, TextWriter output, IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (terminal is null)
        {
            foreach (var row in headings.Count > 0 ? rows.Prepend(headings) : rows)
                output.WriteLine(string.Join('\t', row));
            return;
        }

        var all = headings.Count > 0 ? rows.Prepend(headings) : rows;
        var widths = Fit([.. Enumerable.Range(0, rows.Count > 0 ? rows[0].Count : headings.Count).Select(column => all.Max(row => Width(row[column])))], terminal.Profile.Width);
        if (headings.Count > 0)
            WriteRow(terminal, headings, widths, _ => new Style(decoration: Decoration.Bold));
        foreach (var row in rows)
            WriteRow(terminal, row, widths, StyleOf);
    }

    /// <summary>Widths that fit: the widest column gives first, and none is cut to less than says anything.</summary>
    public static int[] Fit(int[] wanted, int available)
    {
        var widths = wanted.ToArray();
        while (widths.Sum() + (Gap * (widths.Length - 1)) > available && widths.Max() > Least)
            widths[Array.IndexOf(widths, widths.Max())]--;
        return widths;
    }

    /// <summary>Writes one row in columns of these widths.</summary>
    public static void WriteRow(IAnsiConsole terminal, IReadOnlyList<string> cells, IReadOnlyList<int> widths, Func<string, Style> style)
    {
        var line = new Paragraph();
        for (var column = 0; column < cells.Count; column++)
        {
            var text = Shorten(cells[column], widths[column]);
            line.Append(text, style(cells[column]));
            if (column < cells.Count - 1)
                line.Append(new string(' ', widths[column] - Width(text) + Gap), Style.Plain);
        }

        line.Overflow = Overflow.Crop;
        terminal.Write(line);
        terminal.WriteLine();
    }

    /// <summary>How a cell looks: what is well is green, what is not is red.</summary>
    public static Style StyleOf(string cell) => Colours.TryGetValue(cell, out var colour) ? new Style(colour) : Style.Plain;

    private static string Shorten(string text, int width)
    {
        if (Width(text) <= width)
            return text;
        var kept = new StringBuilder();
        var used = 1;
        foreach (var rune in text.EnumerateRunes().TakeWhile(rune => (used += Width(rune)) <= width))
            kept.Append(rune);
        return kept.Append(Cut).ToString();
    }

    private static int Width(string text) => text.EnumerateRunes().Sum(Width);

    // From Hangul on a character takes two places, near enough; those that combine take none, and are counted.
    private static int Width(Rune rune) => rune.Value is >= 0x1100 and not 0x2026 and not (>= 0x2000 and < 0x2E80) ? 2 : 1;
}
