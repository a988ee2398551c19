using System.Diagnostics;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>Somebody who asks one thing after another while an attack is on, and keeps count of what that was like.</summary>
internal sealed class HonestClient : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly List<double> _milliseconds = [];
    private readonly List<string> _lost = [];
    private readonly Task _running;
    private readonly bool _isTcp;

    /// <summary>Starts asking.</summary>
    /// <param name="guard">Whom.</param>
    /// <param name="name">What, by number.</param>
    /// <param name="address">The answer.</param>
    /// <param name="every">How long to wait between two questions.</param>
    /// <param name="isTcp">On a connection of its own each time?</param>
    public HonestClient(Guard guard, Func<int, string> name, string address, TimeSpan every, bool isTcp = false)
    {
        _isTcp = isTcp;
        _running = RunAsync(guard, name, address, every);
    }

    /// <summary>Ends the asking and says how it was.</summary>
    public async Task<HonestReport> EndAsync()
    {
        await _end.CancelAsync();
        await _running;
        var ordered = _milliseconds.Order().ToList();
        return new HonestReport(_lost, ordered.Count, ordered.Count == 0 ? 0 : ordered[ordered.Count / 2], ordered.Count == 0 ? 0 : ordered[(int)(ordered.Count * 0.99)], ordered.Count == 0 ? 0 : ordered[^1]);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync(Guard guard, Func<int, string> name, string address, TimeSpan every)
    {
        for (var number = 0; !_end.IsCancellationRequested; number++)
        {
            var asked = name(number);
            var watch = Stopwatch.StartNew();
            var problem = await AskAsync(guard, asked, address);
            _milliseconds.Add(watch.Elapsed.TotalMilliseconds);
            if (problem is not null)
                _lost.Add($"{asked}: {problem}");
            await Task.Delay(every);
        }
    }

    private async Task<string?> AskAsync(Guard guard, string name, string address)
    {
        try
        {
            var reply = _isTcp ? await guard.AskOverTcp(Query.Of(name, edns: 1_232)) : await guard.Ask(name);
            return reply.Code is ResponseCode.NoError && reply.Addresses == address ? null : $"{reply.Code} {reply.Error} {reply.ErrorText} {reply.Addresses}";
        }
        catch (Exception failure) when (failure is TimeoutException or IOException or System.Net.Sockets.SocketException)
        {
            return failure.Message;
        }
    }
}

/// <summary>How it was for an honest client.</summary>
internal sealed record HonestReport(IReadOnlyList<string> Lost, int Asked, double Median, double Percentile99, double Worst)
{
    public override string ToString() => FormattableString.Invariant($"{Asked} asked, {Lost.Count} lost, median {Median:F1} ms, p99 {Percentile99:F1} ms, worst {Worst:F1} ms; {string.Join("; ", Lost.Take(3))}");
}
