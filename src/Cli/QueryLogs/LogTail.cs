using System.Globalization;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.QueryLogs;

/// <summary><c>dnsguard log -f</c>: rows as they come, over every interruption, until Ctrl-C.</summary>
internal sealed class LogTail(ApiClient api, IReadOnlyList<(string Key, string? Value)> filter, OutputForm form)
{
    // The server gives a sign of life every 15 s: three missing ones are a connection that is gone.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private string? _last;
    private bool _wasConnected;

    /// <summary>Shows the last rows there are, then those that come.</summary>
    /// <param name="shown">How many there shall be to begin with.</param>
    /// <param name="cancel">Ctrl-C.</param>
    public async Task<int> RunAsync(int shown, CancellationToken cancel)
    {
        try
        {
            await ShowLastAsync(shown, cancel).ConfigureAwait(false);
            for (var pause = TimeSpan.FromSeconds(1); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                var before = _last;
                if (await FollowAsync(cancel).ConfigureAwait(false) is { } trouble)
                    await Console.Error.WriteLineAsync($"dnsguard: the stream ended: {trouble.TrimEnd('.')}. Trying again in {pause.TotalSeconds:0} s.").ConfigureAwait(false);
                await Task.Delay(pause, TimeProvider.System, cancel).ConfigureAwait(false);
                if (_last != before)
                    pause = TimeSpan.FromSeconds(0.5);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    private async Task ShowLastAsync(int shown, CancellationToken cancel)
    {
        LogRows.WriteHeadings(form);
        // One at least, so that the stream goes on behind it and no row falls between the two.
        var page = await api.GetAsync($"/api/v1/query-log{Query.Of([.. filter, ("limit", Math.Clamp(shown, 1, LogCommand.PageRows).ToString(CultureInfo.InvariantCulture))])}", cancel).ConfigureAwait(false);
        var rows = page["items"]!.AsArray();
        _last = rows.Count > 0 ? rows[0]!["id"]!.ToString() : null;
        foreach (var row in rows.Take(shown).Reverse())
            LogRows.WriteOne(row!, form);
    }

    // What ended it. A server that is not there to begin with, or will not have us, ends the verb instead.
    private async Task<string?> FollowAsync(CancellationToken cancel)
    {
        try
        {
            var stream = await api.OpenAsync(HttpMethod.Get, $"/api/v1/query-log/stream{Query.Of([.. filter, ("after", _last)])}", null, "text/event-stream", cancel, ("Last-Event-ID", _last)).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                _wasConnected = true;
                await foreach (var happened in ServerEvents.ReadAsync(stream, Silence, cancel).ConfigureAwait(false))
                    await ShowAsync(happened).ConfigureAwait(false);
            }

            return "the server closed it";
        }
        catch (CliException unreachable) when (_wasConnected && unreachable.ExitCode == ExitCode.Unreachable)
        {
            return unreachable.Message;
        }
        catch (Exception failure) when (ApiClient.IsUnreachable(failure, cancel))
        {
            return failure.Message;
        }
    }

    private async Task ShowAsync(ServerEvent happened)
    {
        _last = happened.Id ?? _last;
        if (happened.Kind == "query")
            LogRows.WriteOne(JsonNode.Parse(happened.Data)!, form);
        else if (happened.Kind == "dropped")
            await Console.Error.WriteLineAsync($"dnsguard: {LeftOut(JsonNode.Parse(happened.Data)!)}rows were left out here: more came than could be shown. Narrow it down, or use --export.").ConfigureAwait(false);
    }

    // Nothing where the server is one that does not say.
    private static string LeftOut(JsonNode dropped) => dropped["rows"] is { } rows ? $"{((bool?)dropped["exact"] == false ? "at least " : "")}{rows} " : "";
}
