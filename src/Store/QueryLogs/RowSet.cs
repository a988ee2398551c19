using System.Numerics;
using System.Runtime.Intrinsics;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Which rows of a block are still candidates: a bit each, narrowed by one column after the other.</summary>
internal sealed class RowSet
{
    private const int Bits = 64;

    private readonly ulong[] _words = new ulong[(TailRows.MaxRows + 1) / Bits];
    private int _used;

    /// <summary>Begins with a run of rows.</summary>
    public void Fill(int first, int end)
    {
        _used = (end + Bits - 1) / Bits;
        _words.AsSpan(0, first / Bits).Clear();
        _words.AsSpan(first / Bits, _used - (first / Bits)).Fill(ulong.MaxValue);
        _words[first / Bits] &= ulong.MaxValue << (first % Bits);
        if (end % Bits != 0)
            _words[_used - 1] &= (1UL << (end % Bits)) - 1;
    }

    /// <summary>Are there any?</summary>
    public bool IsEmpty => !_words.AsSpan(0, _used).ContainsAnyExcept(0UL);

    /// <summary>How many.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in _words.AsSpan(0, _used))
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    /// <summary>Keeps rows whose value is the one. What lies behind the block's last row in the column does not matter, but must be there.</summary>
    public void KeepEqual(ReadOnlySpan<ushort> column, ushort value)
    {
        var wanted = Vector256.Create(value);
        for (var i = 0; i < _used; i++)
        {
            if (_words[i] == 0)
                continue;
            var rows = column.Slice(i * Bits, Bits);
            _words[i] &= Vector256.Equals(Vector256.Create(rows[..16]), wanted).ExtractMostSignificantBits()
                | ((ulong)Vector256.Equals(Vector256.Create(rows[16..32]), wanted).ExtractMostSignificantBits() << 16)
                | ((ulong)Vector256.Equals(Vector256.Create(rows[32..48]), wanted).ExtractMostSignificantBits() << 32)
                | ((ulong)Vector256.Equals(Vector256.Create(rows[48..]), wanted).ExtractMostSignificantBits() << 48);
        }
    }

    /// <summary>Keeps rows whose value is among those that are wanted.</summary>
    /// <param name="column">The column.</param>
    /// <param name="isWanted">1 for each value that is, 0 for each that is not.</param>
    public void KeepAmong(ReadOnlySpan<ushort> column, ReadOnlySpan<byte> isWanted)
    {
        for (var i = 0; i < _used; i++)
        {
            for (var left = _words[i]; left != 0; left &= left - 1)
            {
                var bit = BitOperations.TrailingZeroCount(left);
                _words[i] &= ~((1UL ^ isWanted[column[(i * Bits) + bit]]) << bit);
            }
        }
    }

    /// <summary>Keeps rows whose value lies within bounds.</summary>
    public void KeepWithin(ReadOnlySpan<int> column, long least, long below)
    {
        for (var i = 0; i < _used; i++)
        {
            for (var left = _words[i]; left != 0; left &= left - 1)
            {
                var bit = BitOperations.TrailingZeroCount(left);
                if (column[(i * Bits) + bit] is var value && (value < least || value >= below))
                    _words[i] &= ~(1UL << bit);
            }
        }
    }

    /// <summary>Keeps rows whose value is no smaller.</summary>
    public void KeepAtLeast(ReadOnlySpan<uint> column, uint least)
    {
        for (var i = 0; i < _used; i++)
        {
            for (var left = _words[i]; left != 0; left &= left - 1)
            {
                var bit = BitOperations.TrailingZeroCount(left);
                if (column[(i * Bits) + bit] < least)
                    _words[i] &= ~(1UL << bit);
            }
        }
    }

    /// <summary>The last candidate before a row; -1 where there is none.</summary>
    public int Before(int row)
    {
        for (var i = Math.Min(row / Bits, _used - 1); i >= 0; i--)
        {
            var word = i == row / Bits ? _words[i] & ((1UL << (row % Bits)) - 1) : _words[i];
            if (word != 0)
                return (i * Bits) + Bits - 1 - BitOperations.LeadingZeroCount(word);
        }

        return -1;
    }
}
