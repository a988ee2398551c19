namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>Who judges what comes in at upstream ports. Called by receivers, one datagram after another of each port.</summary>
internal interface IPortListener
{
    /// <summary>A datagram came.</summary>
    /// <param name="port">Where.</param>
    /// <param name="from">The sender's socket address.</param>
    /// <param name="datagram">Its octets; overwritten afterwards.</param>
    void Arrived(UpstreamPort port, ReadOnlySpan<byte> from, ReadOnlySpan<byte> datagram);

    /// <summary>The network refused a datagram that had been sent.</summary>
    /// <param name="port">From where.</param>
    /// <param name="to">The socket address it was sent to.</param>
    /// <param name="sent">As much of it as the network returned; perhaps nothing.</param>
    /// <param name="error">The kernel's error number.</param>
    void Refused(UpstreamPort port, ReadOnlySpan<byte> to, ReadOnlySpan<byte> sent, int error);
}
