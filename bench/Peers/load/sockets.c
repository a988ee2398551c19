#define _GNU_SOURCE
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"
#include "tally.h"

enum { IDS = 65536, ANSWER_MAX = 1500, CONTROL_MAX = 64 };

struct asker {
    int socket;
    unsigned short next;
    long long sent_at[IDS]; // 0: not open
};

static struct asker *askers;
static struct pollfd *polls;
static int count, stamped;
static unsigned char queries[SOCKET_BATCH][QUERY_MAX], answers[SOCKET_BATCH][ANSWER_MAX], controls[SOCKET_BATCH][CONTROL_MAX];
static struct iovec out[SOCKET_BATCH], in[SOCKET_BATCH];
static struct mmsghdr sending[SOCKET_BATCH], receiving[SOCKET_BATCH];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

void sockets_open(const char *address, int port, int sockets, const char *source, int is_stamped)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port)}, own = {.sin_family = AF_INET};
    inet_pton(AF_INET, address, &server.sin_addr);
    if (source != NULL)
        inet_pton(AF_INET, source, &own.sin_addr);
    count = sockets;
    stamped = is_stamped;
    askers = calloc(count, sizeof *askers);
    polls = calloc(count, sizeof *polls);
    for (int i = 0; i < count; i++) {
        int one = 1, buffer = 4 << 20, socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (socket_ < 0)
            fail("socket");
        setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
        if (stamped)
            setsockopt(socket_, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
        if (source != NULL && bind(socket_, (struct sockaddr *)&own, sizeof own) < 0)
            fail("bind");
        own.sin_addr.s_addr = htonl(ntohl(own.sin_addr.s_addr) + 1);
        if (connect(socket_, (struct sockaddr *)&server, sizeof server) < 0)
            fail("connect");
        askers[i].socket = socket_;
        polls[i] = (struct pollfd){socket_, POLLIN, 0};
    }
    for (int i = 0; i < SOCKET_BATCH; i++) {
        out[i].iov_base = queries[i];
        in[i] = (struct iovec){answers[i], ANSWER_MAX};
        sending[i].msg_hdr = (struct msghdr){.msg_iov = &out[i], .msg_iovlen = 1};
    }
}

void socket_queue(int which, int slot, long i)
{
    out[slot].iov_len = names_write(i, queries[slot]);
    unsigned short id = askers[which].next + slot;
    queries[slot][0] = id >> 8;
    queries[slot][1] = id & 255;
}

void socket_flush(int which, int slots)
{
    struct asker *asker = &askers[which];
    long long time = now();
    for (int i = 0; i < slots; i++)
        asker->sent_at[(unsigned short)(asker->next + i)] = time;
    asker->next += slots;
    for (int sent = 0; sent < slots;) {
        int n = sendmmsg(asker->socket, sending + sent, slots - sent, 0);
        // A server that is not there yet says so by ICMP: the error is of an earlier query.
        if (n < 0 && (errno == ECONNREFUSED || errno == EINTR))
            continue;
        // Full: what was not sent counts as lost.
        if (n < 0)
            return;
        sent += n;
    }
}

// When the kernel saw it, or now.
static long long arrival(struct msghdr *message)
{
    for (struct cmsghdr *each = CMSG_FIRSTHDR(message); each != NULL; each = CMSG_NXTHDR(message, each)) {
        if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec time;
            memcpy(&time, CMSG_DATA(each), sizeof time);
            return time.tv_sec * SECOND + time.tv_nsec;
        }
    }
    return now();
}

static long take(struct asker *asker, int got, struct tally *tally)
{
    long long time = stamped ? 0 : now();
    long came = 0;
    for (int i = 0; i < got; i++) {
        unsigned char *answer = answers[i];
        long long *sent = &asker->sent_at[answer[0] << 8 | answer[1]];
        if (receiving[i].msg_len < 12 || *sent == 0)
            continue;
        long long at = stamped ? arrival(&receiving[i].msg_hdr) : time;
        tally_answer(tally, answer[3] & 15, answer[6] | answer[7], at, at - *sent);
        *sent = 0;
        came++;
    }
    return came;
}

long sockets_receive(struct tally *tally)
{
    long came = 0;
    for (int i = 0; i < count; i++) {
        int got;
        do {
            for (int slot = 0; slot < SOCKET_BATCH; slot++)
                receiving[slot].msg_hdr = (struct msghdr){.msg_iov = &in[slot], .msg_iovlen = 1, .msg_control = stamped ? controls[slot] : NULL, .msg_controllen = stamped ? CONTROL_MAX : 0};
            got = recvmmsg(askers[i].socket, receiving, SOCKET_BATCH, MSG_DONTWAIT, NULL);
            if (got > 0)
                came += take(&askers[i], got, tally);
        } while (got == SOCKET_BATCH);
    }
    return came;
}

void sockets_wait(const struct timespec *time) { ppoll(polls, count, time, NULL); }
