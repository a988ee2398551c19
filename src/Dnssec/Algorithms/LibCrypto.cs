using System.Runtime.InteropServices;

namespace DnsGuard.Dnssec.Algorithms;

/// <summary>Edwards curves through OpenSSL's libcrypto, which .NET already loads for the others: the framework has none of its own.</summary>
internal static partial class LibCrypto
{
    /// <summary>NID_ED25519.</summary>
    public const int Ed25519 = 1087;

    /// <summary>NID_ED448.</summary>
    public const int Ed448 = 1088;

    private const string Library = "libcrypto.so.3";

    /// <summary>Is it the key's signature over the octets?</summary>
    public static bool IsRight(int curve, int keyOctets, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != keyOctets || signature.Length != keyOctets * 2)
            return false;
        var key = NewRawPublicKey(curve, 0, publicKey, (nuint)publicKey.Length);
        if (key == 0)
            return false;
        var context = NewDigestContext();
        var isRight = context != 0
            && StartVerify(context, 0, 0, 0, key) == 1
            && Verify(context, signature, (nuint)signature.Length, signed, (nuint)signed.Length) == 1;
        FreeDigestContext(context);
        FreeKey(key);
        return isRight;
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial nint NewRawPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint octets);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint NewDigestContext();

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int StartVerify(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    private static partial int Verify(nint context, ReadOnlySpan<byte> signature, nuint signatureOctets, ReadOnlySpan<byte> signed, nuint signedOctets);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeDigestContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);
}
