using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Remote;

/// <summary>What a set elsewhere can tell apart: an address, and the ports that being in the set opens for it.</summary>
/// <param name="Address">Which address.</param>
/// <param name="Ports">All the ports it opens; a prefix list opens those of the rules that refer to it.</param>
internal readonly record struct Slot(InternetAddress Address, PortSet Ports)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Address} {Ports}";
}

/// <summary>A slot as it was found.</summary>
/// <param name="Slot">Which.</param>
/// <param name="Note">Whom it was opened for, as <see cref="SlotNote"/> writes it; null where nobody knows.</param>
/// <param name="IsOurs">May we take it out? What others opened is open for us too, and stays theirs.</param>
internal readonly record struct FoundSlot(Slot Slot, string? Note, bool IsOurs);
