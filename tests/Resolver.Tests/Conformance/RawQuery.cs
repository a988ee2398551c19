using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>Queries with an OPT record of the test's own, octet by octet.</summary>
internal static class RawQuery
{
    /// <summary>A query with an OPT record.</summary>
    public static byte[] WithOpt(string name, RecordType type = RecordType.A, int payload = 1_232, int version = 0, int flags = 0, params (int Code, byte[] Value)[] options)
    {
        var query = Query.Of(name, type);
        query[11] = 1;
        return [.. query, .. Opt(payload, version, flags, options)];
    }

    /// <summary>An OPT record.</summary>
    public static byte[] Opt(int payload = 1_232, int version = 0, int flags = 0, params (int Code, byte[] Value)[] options)
    {
        byte[] rdata = [.. options.SelectMany(option => (byte[])[.. Two(option.Code), .. Two(option.Value.Length), .. option.Value])];
        return [0, 0, 41, .. Two(payload), 0, (byte)version, .. Two(flags), .. Two(rdata.Length), .. rdata];
    }

    private static byte[] Two(int number) => [(byte)(number >> 8), (byte)number];
}
