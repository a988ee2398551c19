namespace DnsGuard.Store;

/// <summary>Queries that were noted and are in no row, by what became of them; since the log was made.</summary>
/// <param name="RingFull">Found no room in a worker's ring.</param>
/// <param name="StoreFailed">Could not be written.</param>
/// <param name="Retention">Were forgotten for their age or for the log's size.</param>
/// <param name="Damaged">Were in files that are torn, damaged or gone.</param>
public readonly record struct QueryLogLosses(long RingFull, long StoreFailed, long Retention, long Damaged);
