/* Reads tests/data/http/corpus.txt: see the head of that file. */
#ifndef TESTS_UNIT_NET_CORPUS_H
#define TESTS_UNIT_NET_CORPUS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CORPUS_MAX        400
#define CORPUS_HEAD       16384
#define CORPUS_BODY       65536
#define CORPUS_MESSAGE    (CORPUS_HEAD + CORPUS_BODY + 4096)
#define CORPUS_NAME       64
#define CORPUS_UNANSWERED 0

struct corpus_case {
    int runs, last; /* last: CORPUS_UNANSWERED or a status */
    char name[CORPUS_NAME];
    char *bytes;
    size_t len;
};

struct corpus {
    struct corpus_case at[CORPUS_MAX];
    size_t count;
};

static int corpus_hex(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

/* One piece of escaped text up to `end`; *at moves on. Repetitions are not nested. */
static size_t corpus_unescape(const char **at, char end, char *out) {
    size_t len = 0;
    while (**at && **at != end) {
        char c = *(*at)++;
        if (c != '\\') {
            out[len++] = c;
            continue;
        }
        c = *(*at)++;
        if (c == 'x') {
            out[len++] = (char)(corpus_hex((*at)[0]) << 4 | corpus_hex((*at)[1]));
            *at += 2;
        } else if (c == '{') {
            long i, count = strtol(*at, (char **)(void *)at, 10);
            size_t from = len, piece;
            (*at)++;
            piece = corpus_unescape(at, '}', out + from);
            (*at)++;
            for (i = 1; i < count; i++) memcpy(out + from + (size_t)i * piece, out + from, piece);
            len = from + (size_t)count * piece;
        } else {
            out[len++] = c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
    }
    return len;
}

static int corpus_line(char *line, struct corpus_case *one) {
    static char bytes[CORPUS_MESSAGE * 2];
    char last[16];
    int from = 0;
    const char *at;
    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '#' || line[0] == '\0') return 0;
    if (sscanf(line, "%d %15s %63s %n", &one->runs, last, one->name, &from) != 3) {
        printf("# not understood: %s\n", line);
        exit(1);
    }
    one->last = strcmp(last, "none") == 0 ? CORPUS_UNANSWERED : atoi(last);
    at = line + from;
    one->len = corpus_unescape(&at, '\0', bytes);
    one->bytes = malloc(one->len + 1);
    if (one->bytes == NULL) exit(1);
    memcpy(one->bytes, bytes, one->len);
    one->bytes[one->len] = '\0';
    return 1;
}

static void corpus_load(struct corpus *corpus) {
    static char line[8192];
    FILE *file = fopen(MERX_TESTS_DIR "/data/http/corpus.txt", "r");
    if (file == NULL) {
        printf("# cannot read the corpus\n");
        exit(1);
    }
    corpus->count = 0;
    while (corpus->count < CORPUS_MAX && fgets(line, sizeof(line), file))
        corpus->count += (size_t)corpus_line(line, &corpus->at[corpus->count]);
    fclose(file);
}

static void corpus_free(struct corpus *corpus) {
    while (corpus->count > 0) free(corpus->at[--corpus->count].bytes);
}

#endif
