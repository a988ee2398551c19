using System.Security.Cryptography;
using System.Text;
using DnsGuard.Policy.Text;
using DnsGuard.Sync.Feeds;

namespace DnsGuard.Host;

/// <summary>The keys of feeds.</summary>
internal static class FeedOptionsReader
{
    // Whoever reaches the port may try passwords; sixteen characters outlast that.
    private const int LeastPassword = 16;

    /// <summary>Reads them; null where all are at their default.</summary>
    public static FeedOptions? Read(MapReader reader)
    {
        var format = reader.Kebab("format", FeedFormat.Plain);
        var (username, file) = (reader.Scalar("username"), reader.PathAt("passwordFile"));
        if (username is null != file is null)
            reader.Complain(reader.Find("username") ?? reader.Find("passwordFile")!, "missing-key", "a password and the name that goes with it are one without the other", "Give both 'username' and 'passwordFile', or neither");
        else if (username is not null && (username.Value.Length == 0 || username.Value.Any(character => character is ':' or < ' ' or > '~')))
            reader.Complain(username, "bad-name", "'username' cannot be sent by a device", "Use printable ASCII without a colon");
        else if (username is not null && file is not null)
            return new FeedOptions { Format = format, Username = username.Value, PasswordHash = ReadPassword(reader, file) };
        return format is FeedFormat.Plain ? null : new FeedOptions { Format = format };
    }

    private static byte[] ReadPassword(MapReader reader, string file)
    {
        try
        {
            var password = File.ReadAllText(file).TrimEnd('\r', '\n');
            if (password.Length >= LeastPassword)
                return SHA256.HashData(Encoding.UTF8.GetBytes(password));
            reader.Complain(reader.Find("passwordFile")!, "short-password", $"the password in '{file}' has {password.Length} characters", $"Write a random one of at least {LeastPassword} into the file");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            reader.Complain(reader.Find("passwordFile")!, "unreadable", $"'passwordFile' cannot be read: {failure.Message.TrimEnd('.')}", "Name a file that this user may read, with the password alone in it");
        }

        return [];
    }
}
