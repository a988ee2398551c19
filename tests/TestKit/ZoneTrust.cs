namespace DnsGuard.TestKit;

/// <summary>What a zone of <see cref="SignedInternet"/> is to a validator, and what made it so.</summary>
public enum ZoneTrust
{
    /// <summary>Secure: signed, with its DS in the parent.</summary>
    Secure,

    /// <summary>Insecure: not signed, no DS.</summary>
    Unsigned,

    /// <summary>Insecure: signed, but no DS leads to it.</summary>
    Island,

    /// <summary>Insecure: signed and delegated with an algorithm that nobody knows.</summary>
    UnknownAlgorithm,

    /// <summary>Insecure: the DS has a digest type that nobody knows.</summary>
    UnknownDigest,

    /// <summary>Bogus: the DS is of a key that the zone does not have.</summary>
    ForeignDs,

    /// <summary>Bogus: there is a DS, and neither keys nor signatures.</summary>
    Stripped,

    /// <summary>Bogus: only the keys are signed.</summary>
    OnlyKeysSigned,

    /// <summary>Bogus: all signatures have expired.</summary>
    Expired,

    /// <summary>Bogus: no signature counts yet.</summary>
    NotYetValid,

    /// <summary>Bogus: the keys are signed well, the signatures of all else have a turned bit.</summary>
    BadSignatures,

    /// <summary>Bogus: the signature of the keys has a turned bit.</summary>
    BadKeySignatures,

    /// <summary>Bogus: the signatures name the zone above as their signer.</summary>
    ForeignSigner,

    /// <summary>Answers are secure; denials come without proof and are bogus.</summary>
    NoDenial,
}
