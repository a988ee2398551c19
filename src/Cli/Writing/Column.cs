using System.Text.Json.Nodes;

namespace DnsGuard.Cli.Writing;

/// <summary>A column of a table.</summary>
/// <param name="Heading">What stands above it.</param>
/// <param name="Cell">Reads its text from an item.</param>
internal readonly record struct Column(string Heading, Func<JsonNode, string?> Cell)
{
    public static implicit operator Column((string Heading, Func<JsonNode, string?> Cell) column) => new(column.Heading, column.Cell);

    /// <summary>A column that shows one key of the item as it is.</summary>
    public static Column Of(string heading, string key) => new(heading, item => Cells.Text(item[key]));
}
