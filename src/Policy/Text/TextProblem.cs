using System.Globalization;

namespace DnsGuard.Policy.Text;

/// <summary>One thing that is wrong with what a person wrote: where, what, and the cure.</summary>
/// <param name="Pointer">JSON pointer of the place.</param>
/// <param name="Line">Line from 1; 0 where there is no file.</param>
/// <param name="Column">Column from 1.</param>
/// <param name="Code">A word for programs: <c>unknown-key</c>, <c>bad-pattern</c>, ….</param>
/// <param name="Detail">One sentence on what is wrong.</param>
/// <param name="Cure">One sentence on what to do.</param>
public sealed record TextProblem(string Pointer, int Line, int Column, string Code, string Detail, string Cure)
{
    /// <summary>The problem as compilers write it, so that editors can jump there.</summary>
    public string Describe(string file) => Line > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{file}:{Line}:{Column}: {Detail}. {Cure}.")
        : $"{file}: {(Pointer.Length > 0 ? Pointer : "/")}: {Detail}. {Cure}.";
}
