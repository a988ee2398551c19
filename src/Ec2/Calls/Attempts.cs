using Amazon.Runtime;

namespace DnsGuard.Ec2.Calls;

/// <summary>What became of a call's attempts: only where each of them was refused can it be said that nothing was changed.</summary>
internal sealed class Attempts
{
    private int _refused;

    /// <summary>How many were begun.</summary>
    public int Begun { get; private set; }

    /// <summary>The last refusal; null for none.</summary>
    public AmazonServiceException? LastRefusal { get; private set; }

    /// <summary>Was each of them refused?</summary>
    public bool AreAllRefused => _refused == Begun;

    /// <summary>Another one is sent.</summary>
    public void Begin() => Begun++;

    /// <summary>The one that was sent last was refused.</summary>
    public void Refuse(AmazonServiceException refusal)
    {
        _refused++;
        LastRefusal = refusal;
    }
}
