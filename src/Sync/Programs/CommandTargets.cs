using DnsGuard.Sync.Remote;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Programs;

/// <summary>Options → targets that an operator's program keeps.</summary>
internal static class CommandTargets
{
    /// <summary>Makes one; the program is started with the first look.</summary>
    public static RemoteTarget Open(TargetOptions target, TimeProvider time, ILogger logger)
    {
        var options = target.Command ?? throw new ArgumentException("a target of a program names it", nameof(target));
        var set = new CommandSet(target.Name, options, time, logger);
        var made = new RemoteTarget(target, [set], null, isSharded: false, time, logger);
        // Started again and looked at at once, not when the next look is due: it may have lost what it had.
        set.Ended = () =>
        {
            lock (made.Lock)
            {
                foreach (var actor in made.Actors)
                {
                    actor.RequestRead();
                    actor.Wake();
                }
            }
        };
        return made;
    }
}
