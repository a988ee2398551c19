namespace DnsGuard.Store.QueryLogs;

/// <summary>The parts of a block: nine columns of one value per row, and the dictionaries that their numbers lead to.</summary>
/// <remarks>The order is the order on disk. Numbers are little-endian; a number of a dictionary's entry fits 16 bits, since a block has fewer rows than that.</remarks>
internal enum Section
{
    /// <summary>Column, 32 bits: milliseconds since the block's base time.</summary>
    At,

    /// <summary>Column, 32 bits: repeats.</summary>
    Count,

    /// <summary>Column, 16 bits: which name.</summary>
    Name,

    /// <summary>Column, 16 bits: which client.</summary>
    Client,

    /// <summary>Column, 16 bits: the QTYPE itself.</summary>
    Type,

    /// <summary>Column, 16 bits: which shape.</summary>
    Shape,

    /// <summary>Column, 16 bits: which note plus one; 0 for none.</summary>
    Note,

    /// <summary>Column, 32 bits: microseconds.</summary>
    Duration,

    /// <summary>Column, 32 bits: microseconds.</summary>
    Hold,

    /// <summary>32 bits per name: where it ends.</summary>
    NameEnds,

    /// <summary>Names in presentation form, each with <see cref="NamePool.Separator"/> behind it.</summary>
    NameText,

    /// <summary>128 bits per client.</summary>
    Clients,

    /// <summary>A <see cref="RowShape"/> per shape.</summary>
    Shapes,

    /// <summary>32 bits per note: where it ends.</summary>
    NoteEnds,

    /// <summary>Notes of answers, as they came with the records.</summary>
    Notes,

    /// <summary>32 bits per text: where it ends.</summary>
    TextEnds,

    /// <summary>Names of groups and rules, in UTF-8.</summary>
    Texts,

    /// <summary>In the journal only: a <see cref="Recount"/> for each earlier row that had repeats.</summary>
    Recounts,
}
