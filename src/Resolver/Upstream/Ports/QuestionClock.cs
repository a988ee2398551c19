namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>Ends questions whose time is over: one timer for all of them, set to the earliest.</summary>
internal sealed class QuestionClock : IDisposable
{
    // All that is out is looked at when the timer fires; with ten thousand questions that takes a tenth of a millisecond, so not oftener than that.
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(5);

    private readonly PortReceiver[] _receivers;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private long _armedFor = long.MaxValue;

    /// <summary>Makes the timer; it does not run before there is a question.</summary>
    public QuestionClock(PortReceiver[] receivers, TimeProvider time)
    {
        (_receivers, _time) = (receivers, time);
        _timer = time.CreateTimer(static state => ((QuestionClock)state!).EndOverdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A span in the units of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public static long Stamps(TimeSpan span, TimeProvider time) => (long)(span.Ticks * ((double)time.TimestampFrequency / TimeSpan.TicksPerSecond));

    /// <summary>Sees to a question's end; it is at its port already, so whoever looks there next finds it.</summary>
    public void Watch(OpenQuestion question)
    {
        // Volatile: what the timer is set to only grows later while it fires, and then it looks at every port after that.
        if (question.Deadline < Volatile.Read(ref _armedFor))
            Arm(question.Deadline);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Arm(long deadline)
    {
        lock (_lock)
        {
            if (deadline >= _armedFor)
                return;
            Volatile.Write(ref _armedFor, deadline);
            var now = _time.GetTimestamp();
            _timer.Change(deadline > now ? _time.GetElapsedTime(now, deadline) : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    private void EndOverdue()
    {
        lock (_lock)
            Volatile.Write(ref _armedFor, long.MaxValue);
        var open = new List<OpenQuestion>();
        foreach (var receiver in _receivers)
        {
            foreach (var port in receiver.Ports)
                port.Collect(open);
        }

        var now = _time.GetTimestamp();
        var next = long.MaxValue;
        foreach (var question in open)
        {
            if (question.Deadline > now)
                next = Math.Min(next, question.Deadline);
            else if (question.Port!.TryTake(question))
                question.EndLater(new Exchange(ExchangeStatus.TimedOut, null, default));
        }

        if (next < long.MaxValue)
            Arm(Math.Max(next, now + Stamps(LeastPause, _time)));
    }
}
