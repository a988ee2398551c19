namespace DnsGuard.TestKit;

/// <summary>A clock that stands still until a test moves it. Timers fire inside <see cref="Advance"/>, each at its own moment and in order.</summary>
/// <remarks>Thread-safe. Callbacks run on the thread that moves the clock and outside the lock, so they may use the clock and its timers.</remarks>
public sealed class FakeClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _armed = [];
    private TimeSpan _elapsed;
    private TimeSpan _target;
    private TimeSpan _stepped;
    private long _armings;

    /// <summary>Starts at the beginning of 2026, so that dates in test data read as near ones.</summary>
    public FakeClock()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How many timers wait to fire: a test that waits for a loop to go to sleep looks here.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
                return _armed.Count;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return start + _elapsed + _stepped;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
            return _elapsed.Ticks;
    }

    /// <summary>Lets time pass: both clocks move, and every timer that comes due fires.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        // One shared target: of two threads that advance at once neither loses its share.
        lock (_gate)
            _target += by;
        FireDue();
    }

    /// <summary>Sets the wall clock forward or back, as an operator or NTP does. No time passes: nothing fires.</summary>
    public void StepWall(TimeSpan by)
    {
        lock (_gate)
            _stepped += by;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void FireDue()
    {
        while (NextDue() is { } timer)
            timer.Fire();
    }

    private FakeTimer? NextDue()
    {
        lock (_gate)
        {
            var next = _armed.Where(timer => timer.Due <= _target).MinBy(timer => (timer.Due, timer.Arming));
            var now = next?.Due ?? _target;
            _elapsed = now > _elapsed ? now : _elapsed;
            if (next is null)
                return null;
            if (next.Period > TimeSpan.Zero)
                (next.Due, next.Arming) = (next.Due + next.Period, ++_armings);
            else
                _armed.Remove(next);
            return next;
        }
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _isDisposed;

        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        /// <summary>Of timers due at one moment the one armed first fires first.</summary>
        public long Arming { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
            ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
            lock (clock._gate)
            {
                if (_isDisposed)
                    return false;
                clock._armed.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    (Due, Period, Arming) = (clock._elapsed + dueTime, period, ++clock._armings);
                    clock._armed.Add(this);
                }
            }

            // A timer that is due at once does not wait for the clock to move.
            if (dueTime == TimeSpan.Zero)
                clock.FireDue();
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                _isDisposed = true;
                clock._armed.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
