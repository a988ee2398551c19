namespace DnsGuard.Sync.Targets;

/// <summary>What came of an opening.</summary>
internal enum Opened
{
    /// <summary>All of it is in force.</summary>
    Yes,

    /// <summary>It is not, so far.</summary>
    NotYet,

    /// <summary>It will not be: there is no room, or the target cannot express it.</summary>
    Never,
}
