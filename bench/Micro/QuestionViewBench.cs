using BenchmarkDotNet.Attributes;
using DnsGuard.Wire.Messages;

namespace DnsGuard.Micro;

/// <summary>What does reading a query cost?</summary>
public class QuestionViewBench
{
    private readonly byte[] _plain = Laboratory.Query(Laboratory.NameText(7), hasEdns: false);
    private readonly byte[] _edns = Laboratory.Query(Laboratory.NameText(7), hasEdns: true);
    private readonly byte[] _name = new byte[255];

    [Benchmark]
    public int Plain() => Read(_plain);

    [Benchmark]
    public int Edns() => Read(_edns);

    private int Read(byte[] query) =>
        QuestionView.Read(query, _name, out var question) is ParseError.None ? question.Name.Length : -1;
}
