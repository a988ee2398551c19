using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Store;

/// <summary>Bearer tokens: 256 random bits, of which only a hash is kept.</summary>
public sealed class TokenStore(Database database, TimeProvider time)
{
    private const string Prefix = "dg_";
    private const string Columns = "id, name, scopes, created, expires, revoked";

    /// <summary>Makes a token. Its secret is returned this once and never again.</summary>
    public (Token Token, string Secret) Create(string name, IReadOnlyList<string> scopes, DateTimeOffset? expires)
    {
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var token = new Token($"t-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5))}", name, scopes, time.GetUtcNow(), expires, null);
        using var connection = database.Open();
        Database.Execute(
            connection,
            "INSERT INTO tokens (id, name, hash, scopes, created, expires) VALUES ($id, $name, $hash, $scopes, $created, $expires)",
            ("$id", token.Id), ("$name", name), ("$hash", Hash(secret)), ("$scopes", string.Join(' ', scopes)), ("$created", token.Created.ToUnixTimeMilliseconds()), ("$expires", expires?.ToUnixTimeMilliseconds()));
        return (token, secret);
    }

    /// <summary>The token with a secret, if it is still good; null for all others.</summary>
    /// <remarks>The look-up is by hash: how long it takes tells nothing about the secret. The octets are compared in constant time all the same.</remarks>
    public Token? Find(string secret)
    {
        var hash = Hash(secret);
        using var connection = database.Open();
        using var command = Database.Command(connection, $"SELECT {Columns}, hash FROM tokens WHERE hash = $hash", ("$hash", hash));
        using var reader = command.ExecuteReader();
        if (!reader.Read() || !CryptographicOperations.FixedTimeEquals(reader.GetFieldValue<byte[]>(6), hash))
            return null;
        var token = Read(reader);
        return IsGood(token) ? token : null;
    }

    /// <summary>The token with an id, if it is still good; null for all others.</summary>
    public Token? FindById(string id) => List().FirstOrDefault(token => token.Id == id && IsGood(token));

    /// <summary>All tokens, without secrets.</summary>
    public IReadOnlyList<Token> List()
    {
        using var connection = database.Open();
        using var command = Database.Command(connection, $"SELECT {Columns} FROM tokens ORDER BY created");
        using var reader = command.ExecuteReader();
        var tokens = new List<Token>();
        while (reader.Read())
            tokens.Add(Read(reader));
        return tokens;
    }

    /// <summary>Ends a token; false where none that is good has the id.</summary>
    public bool Revoke(string id)
    {
        using var connection = database.Open();
        return Database.Execute(connection, "UPDATE tokens SET revoked = $now WHERE id = $id AND revoked IS NULL", ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$id", id)) > 0;
    }

    /// <summary>Has any token ever been made? Until then loopback is trusted.</summary>
    public bool Any()
    {
        using var connection = database.Open();
        return Database.Number(connection, "SELECT count(*) FROM tokens") > 0;
    }

    private bool IsGood(Token token) => token.Revoked is null && !(token.Expires <= time.GetUtcNow());

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static Token Read(SqliteDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
        reader.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
        reader.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)));
}

/// <summary>A bearer token, without its secret.</summary>
/// <param name="Id">What it is called by.</param>
/// <param name="Name">Who or what it is for.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">From when it is no longer good.</param>
/// <param name="Revoked">When it was ended.</param>
public sealed record Token(string Id, string Name, IReadOnlyList<string> Scopes, DateTimeOffset Created, DateTimeOffset? Expires, DateTimeOffset? Revoked);
