using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Looks for an address or an alias in what was noted of an answer, without making objects of it.</summary>
internal static class NoteSearch
{
    /// <summary>Has the note the address, where one is asked for, and an alias that contains the text, where one is?</summary>
    /// <param name="note">As <see cref="AnswerNote"/> writes it.</param>
    /// <param name="address">The address; null for any.</param>
    /// <param name="alias">Lower case; null or empty for any.</param>
    public static bool Fits(ReadOnlySpan<byte> note, InternetAddress? address, string? alias)
    {
        if (note.IsEmpty)
            return false;
        Span<byte> wanted = stackalloc byte[16];
        wanted = wanted[..(address?.Write(wanted) ?? 0)];
        var isThere = address is null;
        var at = 1;
        for (var i = 0; i < note[0]; i++)
        {
            isThere |= note.Slice(at + 1, note[at]).SequenceEqual(wanted);
            at += 1 + note[at];
        }

        return isThere && (string.IsNullOrEmpty(alias) || HasAlias(note[at..], alias));
    }

    private static bool HasAlias(ReadOnlySpan<byte> names, string part)
    {
        Span<byte> wanted = stackalloc byte[NameText.MaxOctets];
        if (!Encoding.UTF8.TryGetBytes(part, wanted, out var length))
            return false;
        Span<byte> text = stackalloc byte[NameText.MaxOctets];
        while (!names.IsEmpty)
        {
            var octets = WireName.LengthOf(names);
            if (text[..NameText.Write(names[..octets], text)].IndexOf(wanted[..length]) >= 0)
                return true;
            names = names[octets..];
        }

        return false;
    }
}
