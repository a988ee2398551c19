namespace DnsGuard.Wire.Names;

/// <summary>The sizes that RFC 1035 §2.3.4 sets for names, in octets.</summary>
public static class NameLimits
{
    /// <summary>The longest label, without its length octet.</summary>
    public const int LabelOctets = 63;

    /// <summary>The longest name in wire form, length octets and root included.</summary>
    public const int NameOctets = 255;

    /// <summary>The most labels a name can have: 127 of one octet each, and the root.</summary>
    public const int Labels = 127;
}
