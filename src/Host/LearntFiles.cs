using DnsGuard.Resolver;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Host;

/// <summary>What the resolver has learnt, over restarts: records in <c>cache.bin</c>, keys of trust anchors in <c>anchors.txt</c>.</summary>
/// <remarks>Nothing here is needed to start: a file that is missing, damaged or from other settings is told and left alone.</remarks>
internal sealed class LearntFiles(DnsServer dns, string directory, ILogger logger)
{
    private readonly string _cache = Path.Combine(directory, "cache.bin");
    private readonly string _anchors = Path.Combine(directory, "anchors.txt");

    /// <summary>Reads both.</summary>
    /// <param name="withRecords">The records too, or only the keys?</param>
    public void Restore(bool withRecords)
    {
        dns.FollowAnchors(Read(), text => Write(_anchors, to =>
        {
            using var writer = new StreamWriter(to, leaveOpen: true);
            writer.Write(text);
        }));
        if (!withRecords || !File.Exists(_cache))
            return;
        try
        {
            using var file = File.OpenRead(_cache);
            HostLog.CacheRestored(logger, dns.RestoreRecords(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            HostLog.CacheNotRestored(logger, _cache, failure.Message.TrimEnd('.'));
        }
    }

    /// <summary>Saves the records.</summary>
    public void Save() => Write(_cache, to => dns.SaveRecords(to));

    private static void Forget(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It could not be written either: there is nothing to forget, or nobody who may.
        }
    }

    private string Read()
    {
        try
        {
            return File.Exists(_anchors) ? File.ReadAllText(_anchors) : "";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            HostLog.CacheNotRestored(logger, _anchors, failure.Message.TrimEnd('.'));
            return "";
        }
    }

    // Beside the old one, to the disk, then in its place: a crash leaves the one or the other, never half of one.
    private void Write(string path, Action<Stream> write)
    {
        var beside = path + ".new";
        try
        {
            using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, BufferSize = 1 << 16 }))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            HostLog.NotSaved(logger, path, failure.Message.TrimEnd('.'));
            // Half a file on a full disk would only keep it full.
            Forget(beside);
        }
    }
}
