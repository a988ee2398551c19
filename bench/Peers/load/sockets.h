// The sockets, and which of their queries are open.
struct tally;
struct timespec;

enum { SOCKET_BATCH = 64 };

// source: the first socket's address or null; each further socket has the next address. is_stamped: arrivals are timed by the kernel, not by us.
void sockets_open(const char *address, int port, int count, const char *source, int is_stamped);

// Puts query number i in a slot of the next batch of a socket.
void socket_queue(int which, int slot, long i);

// Sends the first so many slots of the batch.
void socket_flush(int which, int slots);

// Takes what has come at all sockets; returns how many answers were for an open query.
long sockets_receive(struct tally *tally);

// Sleeps until something has come, or the time is over.
void sockets_wait(const struct timespec *time);
