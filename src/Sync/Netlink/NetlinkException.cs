using System.Runtime.InteropServices;

namespace DnsGuard.Sync.Netlink;

/// <summary>The kernel refused, with an error number. The caller decides: some refusals are the world's, and mended by reconciling.</summary>
internal sealed class NetlinkException(int error, string doing) : IOException($"{doing}: {Marshal.GetPInvokeErrorMessage(error)}")
{
    /// <summary>EPERM: no right to change the firewall.</summary>
    public const int NotPermitted = 1;

    /// <summary>ENOENT: a table, set or element that is not there.</summary>
    public const int NotThere = 2;

    /// <summary>EEXIST: what was to be new is there.</summary>
    public const int AlreadyThere = 17;

    /// <summary>The kernel's error number.</summary>
    public int Error { get; } = error;
}
