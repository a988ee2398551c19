// Asks a DNS server over UDP and says what came of it, as KEY=VALUE on one line.
//   client -a ADDRESS -p PORT (-f FILE | -n TEMPLATE) [-o FIRST] (-l SECONDS | -c COUNT) (-w WINDOW | -r RATE) [-s SOCKETS] [-b SOURCE] [-e] [-k]
//   client -a ADDRESS -p PORT -n NAME -u SECONDS
// -f names, one a line; -n a name, in which %d counts up from FIRST, and %m is that number modulo 10000; -w that many queries open at any time (closed loop);
// -r queries a second whether or not answers come (open loop); -b the first socket's source address, each further socket has the next one;
// -e with EDNS; -k with a cookie; -u asks every 5 ms until the first NOERROR with an answer, and says how long that took.
// SIGTERM ends it early, with what is known by then.
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "names.h"
#include "sockets.h"
#include "tally.h"

enum { PATIENCE_MS = 1000, MOST_SILENT = 5 };

static struct options {
    const char *address, *file, *template, *source;
    int port, window, sockets, is_edns, has_cookie;
    long first, count;
    double seconds, rate, until;
} options = {.address = "127.0.0.1", .port = 53, .sockets = 8};

// Set by SIGTERM: nothing more is asked, and what was is told.
static volatile sig_atomic_t is_over;

static void end_early(int signal)
{
    (void)signal;
    is_over = 1;
}

static void read_options(int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "a:p:f:n:o:l:c:w:r:s:b:u:ek")) != -1;) {
        switch (option) {
        case 'a': options.address = optarg; break;
        case 'p': options.port = atoi(optarg); break;
        case 'f': options.file = optarg; break;
        case 'n': options.template = optarg; break;
        case 'o': options.first = atol(optarg); break;
        case 'l': options.seconds = atof(optarg); break;
        case 'c': options.count = atol(optarg); break;
        case 'w': options.window = atoi(optarg); break;
        case 'r': options.rate = atof(optarg); break;
        case 's': options.sockets = atoi(optarg); break;
        case 'b': options.source = optarg; break;
        case 'u': options.until = atof(optarg); break;
        case 'e': options.is_edns = 1; break;
        case 'k': options.is_edns = options.has_cookie = 1; break;
        default: exit(2);
        }
    }
    if (!options.file == !options.template || (options.until == 0 && !options.window == !options.rate)) {
        fprintf(stderr, "client: one of -f and -n, and one of -w and -r; see client.c\n");
        exit(2);
    }
    if (options.count == 0)
        options.count = options.seconds > 0 ? (1L << 60) : 0;
}

// Sends so many queries, each on the socket of its number; what one socket sends goes in batches. Returns the number of the next.
static long send_due(long next, long due)
{
    for (long turn = 0; turn < options.sockets && turn < due; turn++) {
        int which = (next + turn) % options.sockets, slots = 0;
        for (long i = next + turn; i < next + due; i += options.sockets) {
            socket_queue(which, slots++, options.first + i);
            if (slots == SOCKET_BATCH) {
                socket_flush(which, slots);
                slots = 0;
            }
        }
        if (slots > 0)
            socket_flush(which, slots);
    }
    return next + due;
}

static void wait_nanoseconds(long long nanoseconds)
{
    struct timespec time = {nanoseconds / SECOND, nanoseconds % SECOND};
    sockets_wait(&time);
}

static long run_open(struct tally *tally)
{
    double interval = SECOND / options.rate, due = now() + SECOND / 100;
    long long end = options.seconds > 0 ? (long long)(due + options.seconds * SECOND) : (1LL << 62);
    long next = 0;
    unsigned random = 1;
    double at = due;
    while (next < options.count && at < end && !is_over) {
        long long time = now();
        while (at <= time && next < options.count && at < end) {
            tally_lateness(tally, time - (long long)at);
            next = send_due(next, 1);
            due += interval;
            // Half an interval of jitter either way: no beat with timers of the server.
            random = random * 1664525u + 1013904223u;
            at = due + (random / 4294967296.0 - 0.5) * interval;
            time = now();
        }
        if (sockets_receive(tally) == 0 && at > (time = now()))
            wait_nanoseconds((long long)at - time);
    }
    return next;
}

static long run_closed(struct tally *tally)
{
    long long end = now() + (options.seconds > 0 ? (long long)(options.seconds * SECOND) : (1LL << 60)), heard = now();
    long next = 0, open = 0;
    int silent = 0;
    // Whoever has been silent for so long is not there any more.
    while (next < options.count && now() < end && silent < MOST_SILENT && !is_over) {
        long due = options.window - open;
        if (due > options.count - next)
            due = options.count - next;
        next = send_due(next, due);
        open += due;
        long came = sockets_receive(tally);
        open -= came;
        if (came > 0) {
            heard = now();
            silent = 0;
        } else if (now() - heard > (long long)PATIENCE_MS * 1000000) {
            // Nobody answers what is open: it is lost, and the next are asked.
            open = 0;
            silent++;
            heard = now();
        } else
            wait_nanoseconds(20000000);
    }
    return next;
}

static void drain(struct tally *tally, long sent)
{
    long long heard = now();
    while (tally->answered < sent && now() - heard < (long long)PATIENCE_MS * 1000000) {
        if (sockets_receive(tally) > 0)
            heard = now();
        else
            wait_nanoseconds(10000000);
    }
}

static int wait_for_first(struct tally *tally)
{
    long long begin = now();
    for (long i = 0; now() - begin < options.until * SECOND; i++) {
        send_due(i, 1);
        wait_nanoseconds(5000000);
        if (is_over)
            return 1;
        sockets_receive(tally);
        if (tally->good > 0) {
            printf("%.3f\n", (now() - begin) / (double)SECOND);
            return 0;
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    static struct tally tally;
    read_options(argc, argv);
    signal(SIGTERM, end_early);
    // Sleeps end when they should, not up to 50 µs later.
    prctl(PR_SET_TIMERSLACK, 1UL);
    names_open(options.file, options.template, options.is_edns, options.has_cookie);
    sockets_open(options.address, options.port, options.sockets, options.source, options.rate > 0);
    if (options.until > 0)
        return wait_for_first(&tally);
    long long begin = now();
    long sent = options.rate > 0 ? run_open(&tally) : run_closed(&tally);
    double took = (now() - begin) / (double)SECOND;
    drain(&tally, sent);
    tally_print(&tally, sent, took, options.first + sent);
    return 0;
}
