namespace DnsGuard.Sync.Remote;

/// <summary>Group and name of a grant as a text that every kind of set can keep beside a slot, so that a ledger that is lost can be rebuilt from there.</summary>
internal static class SlotNote
{
    // The shortest of the places that keep them: a description of EC2.
    private const int MaxLength = 255;

    /// <summary>Writes it. A name that the places cannot spell is left out: such a slot is not adopted later, but closed.</summary>
    public static string Write(string group, string name) => name.All(IsPlain) && group.Length + 1 + name.Length <= MaxLength ? $"{group} {name}" : group;

    /// <summary>Reads it.</summary>
    public static bool TryRead(string? note, out string group, out string name)
    {
        var parts = (note ?? "").Split(' ');
        (group, name) = parts.Length == 2 ? (parts[0], parts[1]) : ("", "");
        return parts.Length == 2 && name.Length > 0;
    }

    // What EC2 takes in a description is more, but differs between rules and lists.
    private static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_';
}
