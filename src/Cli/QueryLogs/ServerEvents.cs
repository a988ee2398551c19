using System.Runtime.CompilerServices;
using System.Text;

namespace DnsGuard.Cli.QueryLogs;

/// <summary>One event of a stream.</summary>
/// <param name="Id">Where to go on after it; null where it does not say.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Data">Its data.</param>
internal sealed record ServerEvent(string? Id, string Kind, string Data);

/// <summary>Reads <c>text/event-stream</c>.</summary>
internal static class ServerEvents
{
    /// <summary>Reads events until the stream ends.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="silence">How long nothing at all may come, not even a comment, until the connection counts as lost.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="IOException">Nothing came for that long, or the connection broke.</exception>
    public static async IAsyncEnumerable<ServerEvent> ReadAsync(Stream stream, TimeSpan silence, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string? id = null;
        var kind = "message";
        var data = new StringBuilder();
        while (await LineAsync(reader, silence, cancel).ConfigureAwait(false) is { } line)
        {
            if (line.Length == 0)
            {
                if (data.Length > 0)
                    yield return new ServerEvent(id, kind, data.ToString());
                (id, kind) = (null, "message");
                data.Clear();
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            // A line that starts with a colon is a comment: a sign of life.
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (field)
            {
                case "id":
                    id = value;
                    break;
                case "event":
                    kind = value;
                    break;
                case "data":
                    data.Append(data.Length > 0 ? "\n" : "").Append(value);
                    break;
            }
        }
    }

    private static async Task<string?> LineAsync(StreamReader reader, TimeSpan silence, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(silence);
        try
        {
            return await reader.ReadLineAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"nothing came for {silence.TotalSeconds:0} s", late);
        }
    }
}
