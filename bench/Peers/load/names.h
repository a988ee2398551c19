// The queries: from a file of names, or made from a template (see client.c).
#include <stddef.h>

enum { QUERY_MAX = 320 };

// One of file and template is given.
void names_open(const char *file, const char *template, int is_edns, int has_cookie);

// Writes query number i, without an ID, into the buffer of QUERY_MAX octets; returns its octets. Names of a file come round again.
size_t names_write(long i, unsigned char *query);
