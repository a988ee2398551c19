using System.Diagnostics;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Store;

namespace DnsGuard.Log;

/// <summary>What does a record cost its worker and the pump?</summary>
internal sealed class Ingest(string folder)
{
    private const int PerSecond = 150_000;
    private const int PerDrain = PerSecond / 20;
    private const int DrainsPerCommit = 4;
    private const long Gibibyte = 1L << 30;

    /// <summary>Fills a log as fast as it goes, in the pump's rhythm, and tells processor time per record.</summary>
    /// <param name="names">Different names, or 0 for a new one each.</param>
    /// <param name="records">How many.</param>
    /// <param name="name">Of the directory.</param>
    public IngestResult Saturate(int names, int records, string name)
    {
        var traffic = new Traffic(names);
        using var ring = new QueryRing();
        using var log = Open(name);
        QueryRecordReader add = log.Add;
        var (pump, worker, written) = (0.0, 0.0, 0L);
        var warm = Math.Min(records / 5, 2_000_000);
        var allocated = 0L;
        for (var drain = 0; written < records + warm; drain++)
        {
            var now = 1_700_000_000_000 + (drain * 50L);
            var start = ThreadTime.Now;
            for (var i = 0; i < PerDrain; i++)
            {
                var record = traffic.Next(now, out var qname, out var noted);
                ring.TryWrite(record, qname, noted);
            }

            var middle = ThreadTime.Now;
            var before = GC.GetAllocatedBytesForCurrentThread();
            ring.Drain(add);
            if (drain % DrainsPerCommit == 0)
                log.Commit();
            written += PerDrain;
            if (written <= warm)
                continue;
            pump += ThreadTime.Now - middle;
            worker += middle - start;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        log.Commit();
        var measured = written - warm;
        return new IngestResult(measured, pump, measured == 0 ? 0 : allocated / (double)measured, Rows(log), log.UsedBytes, log.Totals().Kept == written && ring.Dropped == 0);
    }

    /// <summary>A worker at 150,000 records a second, the pump beside it on its own thread: is anything lost, and how much processor time does each take?</summary>
    public PacedResult Pace(int names, int seconds, string name)
    {
        var traffic = new Traffic(names);
        using var ring = new QueryRing();
        using var log = Open(name);
        QueryRecordReader add = log.Add;
        using var stop = new ManualResetEvent(false);
        var pumped = 0.0;
        var pump = new Thread(() =>
        {
            for (var turn = 1; !stop.WaitOne(50); turn++)
            {
                ring.Drain(add);
                if (turn % DrainsPerCommit == 0)
                    log.Commit();
            }

            ring.Drain(add);
            log.Commit();
            pumped = ThreadTime.Now;
        });
        pump.Start();
        var watch = Stopwatch.StartNew();
        long written = 0;
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            for (var due = (long)(watch.Elapsed.TotalSeconds * PerSecond); written < due; written++)
            {
                var record = traffic.Next(1_700_000_000_000 + watch.ElapsedMilliseconds, out var qname, out var noted);
                ring.TryWrite(record, qname, noted);
            }

            Thread.Sleep(1);
        }

        stop.Set();
        pump.Join();
        return new PacedResult(written, ring.Dropped, log.Totals().Kept, pumped);
    }

    /// <summary>What writing a record to the ring adds to a worker, in nanoseconds: the loop with it less the loop without it.</summary>
    public static double WorkerNanoseconds()
    {
        var traffic = new Traffic(10_000);
        using var ring = new QueryRing();
        var (with, without) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < 200; round++)
        {
            var start = ThreadTime.Now;
            for (var i = 0; i < PerDrain; i++)
            {
                var record = traffic.Next(round, out var name, out var noted);
                ring.TryWrite(record, name, noted);
            }

            var middle = ThreadTime.Now;
            var kept = 0L;
            for (var i = 0; i < PerDrain; i++)
            {
                var record = traffic.Next(round, out var name, out var noted);
                kept += record.Group + name.Length + noted.Length;
            }

            GC.KeepAlive(kept);
            without = Math.Min(without, ThreadTime.Now - middle);
            with = Math.Min(with, middle - start);
            ring.Drain(static (in _, _, _) => { });
        }

        return (with - without) / PerDrain * 1e9;
    }

    private QueryLogStore Open(string name) => new(Path.Combine(folder, name), TimeSpan.FromDays(36_500), 16 * Gibibyte, TimeProvider.System, Traffic.PolicyNames);

    private static long Rows(QueryLogStore log) => log.SearchAsync(new QueryLogFilter(Limit: 1), CancellationToken.None).GetAwaiter().GetResult()[0].Id;
}

/// <summary>What a saturated run showed.</summary>
internal sealed record IngestResult(long Records, double PumpSeconds, double AllocatedOctets, long Rows, long Octets, bool IsComplete);

/// <summary>What a paced run showed.</summary>
internal sealed record PacedResult(long Records, long Dropped, long Kept, double PumpSeconds);
