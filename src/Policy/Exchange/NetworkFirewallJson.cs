using System.Text.Json;

namespace DnsGuard.Policy.Exchange;

/// <summary>Finds the one domain list in JSON, with the line of each target. Reads it as it comes, since it may be large and hostile.</summary>
internal sealed class NetworkFirewallJson(byte[] json)
{
    // A rule group nests five deep.
    private const int MaxDepth = 16;

    private readonly List<(int Line, string Target)> _targets = [];
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);
    private long _counted;
    private bool _hasList;

    /// <summary>The line that was read last.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>The names.</summary>
    public IReadOnlyList<(int Line, string Target)> Targets => _targets;

    /// <summary>TLS_SNI and HTTP_HOST, as far as they are there.</summary>
    public IReadOnlySet<string> Types => _types;

    /// <summary>ALLOWLIST or another; null where it is not said.</summary>
    public string? ListType { get; private set; }

    /// <summary>Reads it.</summary>
    /// <returns>What is wrong; null where nothing is.</returns>
    public string? Read()
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            // A bare list of names is one, too.
            if (reader.Read() && reader.TokenType is JsonTokenType.StartArray)
                return ReadTargets(ref reader);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName && ReadProperty(ref reader) is { } problem)
                    return problem;
            }
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            // The one for form, the other for text that is no Unicode.
            Count(reader.TokenStartIndex);
            return wrong is JsonException ? "its form is broken" : "a text in it is no Unicode";
        }

        return _hasList ? null : "there are no \"Targets\" in it";
    }

    private string? ReadProperty(ref Utf8JsonReader reader)
    {
        var name = reader.ValueTextEquals("Targets"u8) ? 'T' : reader.ValueTextEquals("TargetTypes"u8) ? 't' : reader.ValueTextEquals("GeneratedRulesType"u8) ? 'g' : ' ';
        if (name == ' ')
            return null;
        reader.Read();
        Count(reader.TokenStartIndex);
        if (name == 'g')
        {
            if (reader.TokenType is not JsonTokenType.String)
                return "GeneratedRulesType is no text";
            ListType = reader.GetString();
            return null;
        }

        if (reader.TokenType is not JsonTokenType.StartArray)
            return name == 'T' ? "Targets is no list" : "TargetTypes is no list";
        if (name == 'T')
            return _hasList ? "there are two lists in it; send one" : ReadTargets(ref reader);
        while (reader.Read() && reader.TokenType is JsonTokenType.String)
            _types.Add(reader.GetString()!);
        return reader.TokenType is JsonTokenType.EndArray ? null : "TargetTypes holds something else than texts";
    }

    private string? ReadTargets(ref Utf8JsonReader reader)
    {
        _hasList = true;
        while (reader.Read() && reader.TokenType is JsonTokenType.String)
        {
            Count(reader.TokenStartIndex);
            _targets.Add((Line, reader.GetString()!));
        }

        return reader.TokenType is JsonTokenType.EndArray ? null : "Targets holds something else than texts";
    }

    private void Count(long upTo)
    {
        Line += json.AsSpan((int)_counted..(int)upTo).Count((byte)'\n');
        _counted = upTo;
    }
}
