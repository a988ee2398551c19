namespace DnsGuard.Store;

/// <summary>The store cannot do its work: a state that the operator must see, with what to do about it.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Too much is asked of the store at once; later it can be done.</summary>
public sealed class StoreBusyException(string message) : Exception(message);
