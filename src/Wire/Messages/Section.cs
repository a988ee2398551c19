namespace DnsGuard.Wire.Messages;

/// <summary>The three sections of a message that hold records (RFC 1035 §4.1).</summary>
public enum Section
{
    /// <summary>What was asked for.</summary>
    Answer,

    /// <summary>Who has a say about it.</summary>
    Authority,

    /// <summary>What may help.</summary>
    Additional,
}
