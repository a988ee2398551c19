using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Remote;

/// <summary>What a set elsewhere can tell apart: an address, and the ports that being in the set opens for it.</summary>
/// <param name="Address">Which address.</param>
/// <param name="Ports">All the ports it opens; a prefix list opens those of the rules that refer to it.</param>
internal readonly record struct Slot(InternetAddress Address, PortSet Ports)
{
    /// <summary>The list of AWS that is open instead of an address; null for an address.</summary>
    public string? List { get; init; }

    /// <summary>A list on some ports. It counts for IPv4, as the lists of AWS's services do.</summary>
    public static Slot Of(string list, PortRange ports) => new(InternetAddress.FromIPv4(0), PortSet.From([ports])) { List = list };

    /// <inheritdoc/>
    public override string ToString() => $"{List ?? Address.ToString()} {Ports}";
}

/// <summary>A slot as it was found.</summary>
/// <param name="Slot">Which.</param>
/// <param name="Note">Whom it was opened for, as <see cref="SlotNote"/> writes it; null where nobody knows.</param>
/// <param name="IsOurs">May we take it out? What others opened is open for us too, and stays theirs.</param>
internal readonly record struct FoundSlot(Slot Slot, string? Note, bool IsOurs);
