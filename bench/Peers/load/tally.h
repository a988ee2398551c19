// What came back, and how late.
#include <time.h>

#define SECOND 1000000000LL

// 128 classes for each doubling of nanoseconds: a percentile is off by less than a hundredth.
enum { CLASS_BITS = 7, CLASSES = 64 << CLASS_BITS };

struct tally {
    long answered, good, codes[16];
    long histogram[CLASSES];
    long long longest, gap, last, lateness;
};

static inline long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

// An answer: its code, whether it has records, when it came, and how long after its query (all in nanoseconds).
void tally_answer(struct tally *tally, int code, int has_records, long long at, long long took);

// How late the client itself was with a query.
void tally_lateness(struct tally *tally, long long late);

void tally_print(const struct tally *tally, long sent, double seconds, long next);
