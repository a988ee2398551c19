using System.Runtime.InteropServices;

namespace DnsGuard.Store.QueryLogs;

/// <summary>What became of every query that was ever noted. Absolute and growing, so that the newest copy on disk says it all.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal record struct LogCounters
{
    /// <summary>Queries that got into a row.</summary>
    public long Noted;

    /// <summary>Queries that found no room in a worker's ring.</summary>
    public long RingFull;

    /// <summary>Queries that could not be written.</summary>
    public long StoreFailed;

    /// <summary>Of those noted: forgotten by age or by size.</summary>
    public long Retention;

    /// <summary>Of those noted: in files that are torn, damaged or gone.</summary>
    public long Damaged;

    /// <summary>Rows below this number were forgotten.</summary>
    public long ForgottenBelow;

    /// <summary>Queries that are in rows now.</summary>
    public readonly long Kept => Noted - Retention - Damaged;

    /// <summary>Queries that are in no row any more, or never were.</summary>
    public readonly long Lost => RingFull + StoreFailed + Retention + Damaged;

    /// <summary>Takes what another copy knows better: every counter only grows.</summary>
    public void TakeNewer(in LogCounters other)
    {
        Noted = Math.Max(Noted, other.Noted);
        RingFull = Math.Max(RingFull, other.RingFull);
        StoreFailed = Math.Max(StoreFailed, other.StoreFailed);
        Retention = Math.Max(Retention, other.Retention);
        Damaged = Math.Max(Damaged, other.Damaged);
        ForgottenBelow = Math.Max(ForgottenBelow, other.ForgottenBelow);
    }

    /// <summary>Makes the sum right again: what was noted and is nowhere was damaged, and what was found after all was not.</summary>
    /// <param name="found">Queries in the rows that there are.</param>
    public void Settle(long found)
    {
        Damaged = Math.Max(0, Noted - Retention - found);
        Noted = found + Retention + Damaged;
    }
}
