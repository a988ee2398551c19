namespace DnsGuard.Sync.Names;

/// <summary>Files that others read at any moment: there is the old one or the new one, never a piece.</summary>
internal static class WholeFile
{
    /// <summary>Writes one, unless it holds just that.</summary>
    /// <returns>Was it written?</returns>
    /// <exception cref="IOException">It cannot be.</exception>
    public static bool Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        if (File.Exists(path) && File.GetUnixFileMode(path) == mode && content.SequenceEqual(File.ReadAllBytes(path)))
            return false;
        var fresh = $"{path}.new";
        // What a crash left there may be anybody's.
        File.Delete(fresh);
        using (var file = new FileStream(fresh, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            file.Write(content);
            File.SetUnixFileMode(file.SafeFileHandle, mode);
            // On the disk before it has the name: after a crash an empty file would be an empty list.
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
        return true;
    }
}
