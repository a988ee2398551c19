using System.Text.Json;

namespace DnsGuard.Policy.Text;

/// <summary>Names of enumeration values as our files and the API write them: camel case.</summary>
public static class ChoiceText
{
    /// <summary>The written name of a value.</summary>
    public static string Write<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>The written name of a value where people know it with hyphens: kinds of targets, formats.</summary>
    public static string WriteKebab<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
