namespace DnsGuard.Cli.Writing;

/// <summary>How data is written to stdout.</summary>
internal enum OutputForm
{
    /// <summary>For people: as wide as the terminal; separated by tabs where it is piped.</summary>
    Table,

    /// <summary>As the API gave it.</summary>
    Json,

    /// <summary>The same as YAML.</summary>
    Yaml,

    /// <summary>Only what each thing is called by, one to a line.</summary>
    Name,
}
