#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **names;
static long count;
static const char *template_;
static int edns, cookie;

void names_open(const char *file, const char *template, int is_edns, int has_cookie)
{
    template_ = template;
    edns = is_edns;
    cookie = has_cookie;
    if (file == NULL)
        return;
    FILE *stream = fopen(file, "r");
    if (stream == NULL) {
        perror(file);
        exit(2);
    }
    char line[512];
    long room = 0;
    while (fgets(line, sizeof line, stream) != NULL) {
        line[strcspn(line, " \t\r\n")] = 0;
        if (count == room && (names = realloc(names, (room = room ? 2 * room : 4096) * sizeof *names)) == NULL)
            exit(2);
        names[count++] = strdup(line);
    }
    fclose(stream);
    if (count == 0) {
        fprintf(stderr, "%s: no names\n", file);
        exit(2);
    }
}

static void write_name(const char *name, unsigned char *out)
{
    unsigned char *length = out++;
    *length = 0;
    for (; *name != 0; name++) {
        if (*name != '.') {
            *out++ = *name;
            ++*length;
        } else if (name[1] != 0) {
            length = out++;
            *length = 0;
        }
    }
    *out = 0;
}

// The template with %d as the number and %m as the number modulo 10000.
static void expand(char *text, size_t room, long i)
{
    size_t at = 0;
    for (const char *each = template_; *each != 0 && at + 24 < room; each++) {
        if (each[0] == '%' && (each[1] == 'd' || each[1] == 'm'))
            at += sprintf(text + at, "%ld", *++each == 'd' ? i : i % 10000);
        else
            text[at++] = *each;
    }
    text[at] = 0;
}

size_t names_write(long i, unsigned char *query)
{
    static const unsigned char opt[] = {0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0};
    static const unsigned char client_cookie[] = {0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8};
    char text[256];
    const char *name = names != NULL ? names[i % count] : text;
    if (names == NULL)
        expand(text, sizeof text, i);
    memcpy(query, "\0\0\1\0\0\1\0\0\0\0\0\0", 12);
    write_name(name, query + 12);
    size_t at = 12 + strlen((char *)query + 12) + 1;
    memcpy(query + at, "\0\1\0\1", 4);
    at += 4;
    if (!edns)
        return at;
    query[11] = 1;
    memcpy(query + at, opt, sizeof opt);
    at += sizeof opt;
    if (cookie) {
        query[at - 1] = sizeof client_cookie;
        memcpy(query + at, client_cookie, sizeof client_cookie);
        at += sizeof client_cookie;
    }
    return at;
}
