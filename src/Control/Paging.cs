using System.Globalization;
using DnsGuard.Control.Policies;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control;

/// <summary>Pages by cursor: the number of the last item, so that nothing is skipped or repeated while more arrives.</summary>
internal static class Paging
{
    private const int Usual = 100;
    private const int Most = 1_000;

    /// <summary>How many items a page may hold.</summary>
    public static int Limit(int? asked) => Math.Clamp(asked ?? Usual, 1, Most);

    /// <summary>A page; it has a cursor only while it is full.</summary>
    public static IResult Of<TItem, TBody>(IReadOnlyList<TItem> items, int limit, Func<TItem, long> number, Func<TItem, TBody> body) =>
        Results.Json(new Page<TBody>([.. items.Select(body)], items.Count < limit ? null : number(items[^1]).ToString(CultureInfo.InvariantCulture)));
}
