namespace DnsGuard.Host;

/// <summary>A lock on the store's directory: two nodes on one store would each refuse the other's edits.</summary>
internal sealed class StoreClaim : IDisposable
{
    private readonly FileStream _file;

    private StoreClaim(FileStream file) => _file = file;

    /// <summary>Takes it; the system gives it back when the process ends, however it ends.</summary>
    /// <exception cref="StartException">Another node has it, or the directory cannot be written.</exception>
    public static StoreClaim Take(string directory)
    {
        var path = Path.Combine(directory, "lock");
        try
        {
            Directory.CreateDirectory(directory);
            return new StoreClaim(new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException([$"{path}: the store cannot be claimed: {failure.Message.TrimEnd('.')}. Is another DnsGuard running on it? Stop it, or name another directory in 'store.directory', one that this user may write."]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
