using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Answering;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Listening;

/// <summary>One query that did not come through a socket of ours, and its one answer.</summary>
internal sealed class LoneQuery : IReplyChannel
{
    private readonly TaskCompletionSource<byte[]> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> response, ReplyAddress address) => _answered.TrySetResult(response.ToArray());

    /// <summary>Asks a handler and waits for the answer; empty where none will come.</summary>
    public static async ValueTask<byte[]> AnswerAsync(StreamHandler handler, ReadOnlyMemory<byte> query, InternetAddress client, CancellationToken cancel)
    {
        var lone = new LoneQuery();
        var source = new QuerySource(client, QueryTransport.Https, lone, default, default);
        if (!handler.Handle(query.Span, source, response => lone.Send(response, default)))
            return [];
        return await lone._answered.Task.WaitAsync(cancel).ConfigureAwait(false);
    }
}
