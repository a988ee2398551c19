using DnsGuard.Wire.Names;

namespace DnsGuard.Resolver.Recursion;

/// <summary>How much of a name a zone's servers get to see (RFC 9156, relaxed: what stops short asks for the whole name after all).</summary>
internal sealed class QnameMinimisation(DomainName name, bool isOn)
{
    // RFC 9156 §2.3: at most ten steps, the first four of one label each, so that a name of a hundred labels costs no hundred queries.
    private const int MaxSteps = 10;
    private const int SingleSteps = 4;

    private readonly int _labels = name.LabelCount;
    private int _steps;
    private bool _isOver = !isOn;

    /// <summary>The name to ask the servers of a zone for, when it is known that there is no cut down to so many labels.</summary>
    public DomainName Next(int knownLabels)
    {
        if (_isOver || knownLabels + 1 >= _labels || _steps >= MaxSteps)
            return name;
        var left = _labels - knownLabels;
        var step = _steps < SingleSteps ? 1 : Math.Max(1, (left + MaxSteps - _steps - 1) / (MaxSteps - _steps));
        return name.Ancestor(knownLabels + step);
    }

    /// <summary>Notes that a step was asked for.</summary>
    public void Asked() => _steps++;

    /// <summary>From now on the whole name is asked for.</summary>
    public void GiveUp() => _isOver = true;
}
