namespace DnsGuard.Sync.Ledger;

/// <summary>Rows of numbers in one array, with a list of free ones: a table that the collector does not walk.</summary>
internal sealed class FlatTable<T>
    where T : unmanaged
{
    private readonly Stack<int> _free = new();
    private T[] _rows = new T[256];
    private int _used;

    /// <summary>Rows in use.</summary>
    public int Count => _used - _free.Count;

    /// <summary>Rows ever used: indices below it may be looked at.</summary>
    public int Used => _used;

    /// <summary>A row.</summary>
    public ref T this[int index] => ref _rows[index];

    /// <summary>Takes a row; its content is default.</summary>
    public int Add()
    {
        if (_free.TryPop(out var index))
            return index;
        if (_used == _rows.Length)
            Array.Resize(ref _rows, _rows.Length * 2);
        return _used++;
    }

    /// <summary>Gives a row back.</summary>
    public void Remove(int index)
    {
        _rows[index] = default;
        _free.Push(index);
    }
}
