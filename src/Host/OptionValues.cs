using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Text;

namespace DnsGuard.Host;

/// <summary>Values that several sections of <c>dnsguard.yaml</c> hold.</summary>
internal static class OptionValues
{
    /// <summary>Address blocks, none of them twice.</summary>
    public static List<AddressRange> Ranges(this MapReader reader, string key)
    {
        var ranges = new List<AddressRange>();
        foreach (var scalar in reader.Scalars(key))
        {
            if (!AddressRange.TryParse(scalar.Value, out var range, out var problem))
                reader.Complain(scalar, "bad-cidr", problem, "Write a block such as 10.0.0.0/8 or fd00::/8");
            else if (ranges.Contains(range))
                reader.Complain(scalar, "duplicate-cidr", $"{range} stands twice", "Keep one of the two");
            else
                ranges.Add(range);
        }

        return ranges;
    }

    /// <summary>Addresses with ports, none of them twice.</summary>
    public static List<IPEndPoint> Endpoints(this MapReader reader, string key, int port, bool mayBeAnyPort = false)
    {
        if (reader.Find(key) is TextList { Items.Count: 0 } empty)
            reader.Complain(empty, "missing-key", $"'{key}' is empty", "Give it at least one address, or leave it out");
        var endpoints = new List<IPEndPoint>();
        foreach (var scalar in reader.Scalars(key))
        {
            if (!TryReadEndpoint(scalar.Value, port, out var endpoint) || (endpoint.Port == 0 && !mayBeAnyPort))
                reader.Complain(scalar, "bad-endpoint", $"'{scalar.Value}' is not an address with a port", "Write 127.0.0.1:5300 or [::1]:5300");
            else if (endpoints.Contains(endpoint))
                reader.Complain(scalar, "duplicate-endpoint", $"{scalar.Value} stands twice", "Keep one of the two");
            else
                endpoints.Add(endpoint);
        }

        return endpoints;
    }

    // "10.0.0.1", "10.0.0.1:5300", "::1", "[::1]" or "[::1]:5300".
    private static bool TryReadEndpoint(string text, int port, [NotNullWhen(true)] out IPEndPoint? endpoint)
    {
        var colon = text.LastIndexOf(':');
        var hasPort = colon > 0 && (text[colon - 1] == ']' || text.IndexOf(':', StringComparison.Ordinal) == colon);
        if (!IPEndPoint.TryParse(text, out endpoint))
            return false;
        if (!hasPort)
            endpoint.Port = port;
        // The framework takes 5300 and 127.1 for addresses too.
        return endpoint.AddressFamily is not AddressFamily.InterNetwork || endpoint.Address.ToString() == (hasPort ? text[..colon] : text);
    }

    /// <summary>A path. The framework answers an empty one or a NUL in one with an exception that is about programs.</summary>
    public static string? PathAt(this MapReader reader, string key)
    {
        if (reader.Scalar(key) is not { } scalar)
            return null;
        if (scalar.Value.Length > 0 && !scalar.Value.Contains('\0', StringComparison.Ordinal))
            return scalar.Value;
        reader.Complain(scalar, "bad-path", $"'{key}' is not a path", "Name a file or directory, or leave the key out");
        return null;
    }

    /// <summary>A name as policies have them.</summary>
    public static string? NameAt(this MapReader reader, string key)
    {
        if (reader.Scalar(key) is not { } scalar)
            return null;
        if (!PolicyReader.IsName(scalar.Value))
            reader.Complain(scalar, "bad-name", $"'{key}' is '{scalar.Value}'", "Use lower-case letters, digits and hyphens, a letter first");
        return scalar.Value;
    }

    /// <summary>Domain names, none of them twice.</summary>
    public static List<DomainName> Names(this MapReader reader, string key)
    {
        var names = new List<DomainName>();
        foreach (var scalar in reader.Scalars(key))
        {
            if (!DomainName.TryParse(scalar.Value, out var name))
                reader.Complain(scalar, "bad-name", $"'{scalar.Value}' is not a domain name", "Name a zone such as corp.internal");
            else if (names.Contains(name))
                reader.Complain(scalar, "duplicate-name", $"'{name}' stands twice", "Keep one of the two");
            else
                names.Add(name);
        }

        return names;
    }

    /// <summary>Master-file text: in place where the value has several lines or looks like records, else in the file that it names.</summary>
    /// <param name="reader">The section.</param>
    /// <param name="key">The key.</param>
    /// <param name="shipped">The file to take where the key is absent.</param>
    /// <param name="complaint">What is wrong with records that were read; null where nothing is.</param>
    /// <param name="cure">What to write instead.</param>
    public static string Records(this MapReader reader, string key, string shipped, Func<IReadOnlyList<RRset>, string?> complaint, string cure)
    {
        if (!reader.Has(key))
            return File.ReadAllText(shipped);
        if (reader.Scalar(key) is not { } scalar)
            return "";
        var isInline = scalar.Value.Contains('\n', StringComparison.Ordinal) || scalar.Value.Contains(' ', StringComparison.Ordinal) && !File.Exists(scalar.Value);
        if (!isInline && reader.PathAt(key) is null)
            return "";
        try
        {
            var text = isInline ? scalar.Value : File.ReadAllText(scalar.Value);
            if (complaint(MasterFileReader.Read(text, DomainName.Root)) is { } wrong)
                reader.Complain(scalar, $"bad-{(key == "rootHints" ? "hints" : "anchors")}", wrong, cure);
            return text;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            reader.Complain(scalar, "unreadable", $"'{key}' cannot be read: {failure.Message.TrimEnd('.')}", $"Name a file that this user may read, or put the records here as a text of several lines");
        }
        catch (MasterFileException wrong)
        {
            reader.Complain(scalar, $"bad-{(key == "rootHints" ? "hints" : "anchors")}", $"'{key}' is wrong in {wrong.Message}", cure);
        }

        return "";
    }
}
