#include "tally.h"

#include <stdio.h>

static int class_of(long long nanoseconds)
{
    unsigned long long value = nanoseconds < 1 ? 1 : nanoseconds;
    int bits = 63 - __builtin_clzll(value);
    if (bits < CLASS_BITS)
        return value;
    return ((bits - CLASS_BITS + 1) << CLASS_BITS) + ((value >> (bits - CLASS_BITS)) & ((1 << CLASS_BITS) - 1));
}

// The middle of a class, in microseconds.
static double value_of(int class)
{
    int bits = (class >> CLASS_BITS) + CLASS_BITS - 1;
    if (bits < CLASS_BITS)
        return class / 1e3;
    unsigned long long low = (1ULL << bits) + ((unsigned long long)(class & ((1 << CLASS_BITS) - 1)) << (bits - CLASS_BITS));
    return (low + (1ULL << (bits - CLASS_BITS)) / 2) / 1e3;
}

void tally_answer(struct tally *tally, int code, int has_records, long long at, long long took)
{
    tally->answered++;
    tally->codes[code & 15]++;
    tally->good += code == 0 && has_records;
    tally->histogram[class_of(took)]++;
    if (took > tally->longest)
        tally->longest = took;
    if (tally->last != 0 && at - tally->last > tally->gap)
        tally->gap = at - tally->last;
    tally->last = at;
}

void tally_lateness(struct tally *tally, long long late)
{
    if (late > tally->lateness)
        tally->lateness = late;
}

static double percentile(const struct tally *tally, double share)
{
    long rank = (long)(tally->answered * share), seen = 0;
    for (int class = 0; class < CLASSES; class++) {
        seen += tally->histogram[class];
        if (seen > rank)
            return value_of(class);
    }
    return tally->longest / 1e3;
}

void tally_print(const struct tally *tally, long sent, double seconds, long next)
{
    long other = tally->answered - tally->codes[0] - tally->codes[2] - tally->codes[3] - tally->codes[5];
    printf("sent=%ld answered=%ld lost=%ld qps=%.0f p50=%.1f p99=%.1f p999=%.1f max=%.1f gap=%.1f late=%.1f good=%ld noerror=%ld nxdomain=%ld refused=%ld servfail=%ld other=%ld next=%ld\n",
           sent, tally->answered, sent - tally->answered, tally->answered / seconds, percentile(tally, 0.5), percentile(tally, 0.99), percentile(tally, 0.999),
           tally->longest / 1e3, tally->gap / 1e3, tally->lateness / 1e3, tally->good, tally->codes[0], tally->codes[3], tally->codes[5], tally->codes[2], other, next);
}
