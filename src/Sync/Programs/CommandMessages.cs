using System.Buffers;
using System.Globalization;
using System.Text.Json;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Remote;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Programs;

/// <summary>Requests and replies between us and an operator's program, one JSON object a line.</summary>
internal static class CommandMessages
{
    /// <summary>Asks for everything that the program has open.</summary>
    public static byte[] List(long id) => Write("list", id, []);

    /// <summary>Asks for entries to be opened.</summary>
    public static byte[] Add(long id, IEnumerable<(Slot Slot, string Note)> slots) => Write("add", id, slots);

    /// <summary>Asks for entries to be closed.</summary>
    public static byte[] Remove(long id, IEnumerable<Slot> slots) => Write("remove", id, slots.Select(slot => (slot, "")));

    /// <summary>Reads a reply; null where it is none.</summary>
    public static CommandReply? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("id", out var number) || number.ValueKind is not JsonValueKind.Number || !number.TryGetInt64(out var id))
                return null;
            var error = TextOf(root, "error");
            var isDone = root.TryGetProperty("ok", out var ok) && ok.ValueKind is JsonValueKind.True && error is null;
            var entries = root.TryGetProperty("entries", out var list) && list.ValueKind is JsonValueKind.Array ? list.EnumerateArray().Select(ReadEntry).ToList() : null;
            return isDone || error is not null ? new CommandReply(id, error, TextOf(root, "reason"), entries) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Write(string operation, long id, IEnumerable<(Slot Slot, string Note)> slots)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("op", operation);
            json.WriteNumber("id", id);
            json.WriteStartArray("entries");
            foreach (var (slot, note) in slots)
                WriteEntry(json, slot, note);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void WriteEntry(Utf8JsonWriter json, Slot slot, string note)
    {
        var range = slot.Ports.Ranges[0];
        json.WriteStartObject();
        json.WriteString("address", slot.Address.ToString());
        json.WriteString("protocol", ChoiceOf(range.Protocol));
        json.WriteString("ports", range.Protocol is TransportProtocol.Any ? "" : range.IsSingle ? range.First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}"));
        if (note.Length > 0)
        {
            var parts = note.Split(' ');
            json.WriteString("group", parts[0]);
            json.WriteString("name", parts.Length > 1 ? parts[1] : "");
        }

        json.WriteEndObject();
    }

    private static FoundSlot? ReadEntry(JsonElement entry)
    {
        if (entry.ValueKind is not JsonValueKind.Object || !InternetAddress.TryParse(TextOf(entry, "address") ?? "", out var address))
            return null;
        var (protocol, ports) = (TextOf(entry, "protocol") ?? "any", TextOf(entry, "ports") ?? "");
        if (!PortRange.TryParse(ports.Length == 0 ? protocol : $"{protocol}/{ports}", out var range))
            return null;
        return new FoundSlot(new Slot(address, PortSet.From([range])), SlotNote.Write(TextOf(entry, "group") ?? "", TextOf(entry, "name") ?? ""), IsOurs: true);
    }

    private static string ChoiceOf(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        _ => "any",
    };

    private static string? TextOf(JsonElement map, string key) => map.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}

/// <summary>What a program answered.</summary>
/// <param name="Id">To which request.</param>
/// <param name="Error">Why it was not done; null where it was.</param>
/// <param name="Reason">With an error: <c>full</c>, <c>busy</c> or <c>unusable</c>, where that is why.</param>
/// <param name="Entries">What it has open, where it was asked; null for what is no entry.</param>
internal sealed record CommandReply(long Id, string? Error, string? Reason, IReadOnlyList<FoundSlot?>? Entries);
