namespace DnsGuard.Cli.Doctor;

/// <summary>What one check found.</summary>
/// <param name="Check">What was looked at, in a word or two.</param>
/// <param name="Result">How it is.</param>
/// <param name="Detail">That in a sentence.</param>
/// <param name="Cure">What to do about it; null where nothing is to be done.</param>
public sealed record Finding(string Check, FindingResult Result, string Detail, string? Cure = null)
{
    /// <summary>It is well.</summary>
    public static Finding Ok(string check, string detail) => new(check, FindingResult.Ok, detail);

    /// <summary>It works, but not as it might be meant.</summary>
    public static Finding Warn(string check, string detail, string cure) => new(check, FindingResult.Warn, detail, cure);

    /// <summary>It does not work.</summary>
    public static Finding Fail(string check, string detail, string cure) => new(check, FindingResult.Fail, detail, cure);
}

/// <summary>How a checked thing is.</summary>
public enum FindingResult
{
    /// <summary>Well.</summary>
    Ok,

    /// <summary>Working, but perhaps not as meant.</summary>
    Warn,

    /// <summary>Not working.</summary>
    Fail,
}
