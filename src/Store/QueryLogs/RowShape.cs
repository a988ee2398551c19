using System.Runtime.InteropServices;
using DnsGuard.Policy.Decisions;

namespace DnsGuard.Store.QueryLogs;

/// <summary>What many rows of a block have in common: how a query was judged and answered. 24 octets on disk.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct RowShape
{
    /// <summary>The octets of one.</summary>
    public const int Octets = 24;

    /// <summary>The revision it was judged by.</summary>
    public long Revision;

    /// <summary>Which text is the group's name, plus one; 0 for none.</summary>
    public ushort Group;

    /// <summary>Which text is the rule's name, plus one; 0 for none.</summary>
    public ushort Rule;

    /// <summary>The extended error's code, or -1.</summary>
    public short ExtendedError;

    /// <summary>The response code.</summary>
    public byte ResponseCode;

    /// <summary>How it came.</summary>
    public QueryTransport Transport;

    /// <summary>What became of it.</summary>
    public Outcome Outcome;

    /// <summary>Why.</summary>
    public VerdictReason Reason;

    /// <summary>Where the answer came from.</summary>
    public AnswerSource Source;

    // Always 0, so that a shape has no octets that nobody wrote.
    private readonly byte _padding0;
    private readonly uint _padding1;
}

/// <summary>A row of the journal that has had repeats since it was written.</summary>
/// <param name="Row">Which row of the tail.</param>
/// <param name="Count">Its count now.</param>
internal readonly record struct Recount(uint Row, uint Count);
