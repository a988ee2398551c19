namespace DnsGuard.Cli;

/// <summary>How a command ended, for scripts.</summary>
public static class ExitCode
{
    /// <summary>It worked; the answer is yes; nothing differs.</summary>
    public const int Ok = 0;

    /// <summary>It worked; the answer is no; something differs.</summary>
    public const int No = 1;

    /// <summary>The command line or what it names is wrong.</summary>
    public const int Usage = 2;

    /// <summary>What is named does not exist.</summary>
    public const int NotFound = 3;

    /// <summary>The token is missing, wrong, or may not do this.</summary>
    public const int NotAuthorised = 4;

    /// <summary>Somebody else changed it meanwhile.</summary>
    public const int Conflict = 5;

    /// <summary>The server cannot be reached, or is in trouble itself.</summary>
    public const int Unreachable = 6;

    /// <summary>Ctrl-C, as shells number it.</summary>
    public const int Interrupted = 130;
}
