namespace DnsGuard.Micro;

/// <summary>Runs every step some ten thousand times and looks at what this thread has allocated: fast enough for every build.</summary>
internal static class AllocationCheck
{
    private const int Calls = 10_000;

    /// <summary>Prints what each step takes, the best of several tries: a first look, without the statistics of a benchmark.</summary>
    /// <param name="wanted">Only steps whose name contains this.</param>
    public static int Time(string wanted)
    {
        var steps = Steps().Where(step => step.Name.Contains(wanted, StringComparison.Ordinal)).ToList();
        // Long enough for the compiler to have seen what it needs, and done its work behind us.
        for (var round = 0; round < 20; round++)
        {
            steps.ForEach(step => Measure(step.Step));
            Thread.Sleep(50);
        }

        foreach (var (name, step) in steps)
        {
            var best = TimeSpan.MaxValue;
            for (var attempt = 0; attempt < 60; attempt++)
            {
                var start = System.Diagnostics.Stopwatch.GetTimestamp();
                for (var i = 0; i < Calls; i++)
                    step();
                var taken = System.Diagnostics.Stopwatch.GetElapsedTime(start);
                best = taken < best ? taken : best;
            }

            Console.WriteLine($"{name,-44} {best.TotalNanoseconds / Calls,8:0.0} ns per call");
        }

        return 0;
    }

    /// <summary>Prints one line per step; 1 when any allocates per call.</summary>
    public static int Run()
    {
        var failed = false;
        foreach (var (name, step) in Steps())
        {
            var octets = Measure(step);
            failed |= octets >= Calls;
            Console.WriteLine($"{(octets < Calls ? "ok  " : "FAIL")} {name,-44} {octets / (double)Calls,8:0.00} octets per call");
        }

        Console.WriteLine(failed ? "A step of the hit path allocates." : "No step of the hit path allocates.");
        return failed ? 1 : 0;
    }

    private static IEnumerable<(string Name, Func<int> Step)> Steps()
    {
        var question = new QuestionViewBench();
        yield return ("QuestionView, plain", question.Plain);
        yield return ("QuestionView, EDNS", question.Edns);
        foreach (var names in new[] { 10, 100_000 })
        {
            var policy = new PolicyDecideBench { Names = names };
            policy.Setup();
            yield return ($"PolicySnapshot.Decide, {names} names, allowed", policy.Allowed);
            yield return ($"PolicySnapshot.Decide, {names} names, denied", policy.Denied);
        }

        var cache = new AnswerCacheBench();
        cache.Setup();
        yield return ("AnswerCache.Find, found", cache.Found);
        yield return ("AnswerCache.Find, absent", cache.Absent);
        var handler = new QueryHandlerBench();
        handler.Setup();
        yield return ("QueryHandler.Handle, hit", handler.Hit);
        yield return ("QueryHandler.Handle, hit with EDNS", handler.HitWithEdns);
        yield return ("QueryHandler.Handle, denied", handler.Denied);
    }

    // The least of several tries: what the runtime does once, on its own account, is not the step's.
    private static long Measure(Func<int> step)
    {
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
            {
                if (step() < 0)
                    throw new InvalidOperationException("a step did not do what it should");
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
