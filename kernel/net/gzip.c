/* Packing answers, for clients that say that they can unpack them. */
#include <limits.h>

#include <zlib.h>

#include "net/internal.h"

#define GZIP_FORMAT 16 /* added to the window's bits: a gzip header instead of zlib's own */
#define SMALL_BYTES (16u << 10)

/* What stands before the first `end`, trimmed; *rest begins behind it. */
static struct mx_str cut(struct mx_str *rest, char end) {
    struct mx_str piece = *rest;
    uint32_t i = 0;
    while (i < rest->len && rest->ptr[i] != end) i++;
    piece.len = i;
    *rest = i < rest->len ? mx_str_n(rest->ptr + i + 1, rest->len - i - 1) : mx_str_n(NULL, 0);
    return net_trim(piece);
}

/* A weight as RFC 9110 writes it: "0", "0.5", "1", "1.000". In thousandths, -1 when it is none. */
static int weight_of(struct mx_str text) {
    int value, unit = 1000;
    uint32_t i;
    if (text.len == 0 || text.len > 5 || (text.ptr[0] != '0' && text.ptr[0] != '1')) return -1;
    if (text.len > 1 && text.ptr[1] != '.') return -1;
    value = (text.ptr[0] - '0') * 1000;
    for (i = 2; i < text.len; i++) {
        if (!net_in(&net_digit, text.ptr[i])) return -1;
        unit /= 10;
        value += (text.ptr[i] - '0') * unit;
    }
    return value <= 1000 ? value : -1;
}

/* "gzip", "gzip;q=0.5": the weight of one entry, and the coding's name in *coding. */
static int entry_weight(struct mx_str entry, struct mx_str *coding) {
    struct mx_str name;
    *coding = cut(&entry, ';');
    if (coding->len == 0 || !net_all_in(&net_token, coding->ptr, coding->len)) return -1;
    if (entry.ptr == NULL) return 1000;
    name = cut(&entry, '=');
    return name.len == 1 && (name.ptr[0] | 0x20) == 'q' ? weight_of(net_trim(entry)) : -1;
}

int net_takes_gzip(struct mx_str accept_encoding) {
    int any = 0, gzip = -1;
    while (accept_encoding.ptr) {
        struct mx_str entry = cut(&accept_encoding, ','), coding;
        int weight;
        if (entry.len == 0) continue;
        weight = entry_weight(entry, &coding);
        if (weight < 0) return 0; /* not understood: plain is always right */
        if (net_word(coding.ptr, coding.len, "gzip") || net_word(coding.ptr, coding.len, "x-gzip"))
            gzip = weight;
        else if (mx_str_is(coding, "*"))
            any = weight;
    }
    return gzip >= 0 ? gzip > 0 : any > 0;
}

struct mx_str net_gzip(struct base_arena *arena, struct mx_str text, int level) {
    int small = text.len <= SMALL_BYTES; /* a small window is set up sooner */
    struct mx_str packed = {NULL, 0};
    z_stream z = {0};
    if (text.len < NET_GZIP_LEAST ||
        deflateInit2(&z, level, Z_DEFLATED, (small ? 13 : 15) + GZIP_FORMAT, small ? 6 : 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return packed;
    z.next_in = (Bytef *)(uintptr_t)text.ptr;
    z.avail_in = text.len;
    z.avail_out = text.len - text.len / 16; /* what does not get smaller stays as it is */
    z.next_out = base_arena_grab(arena, z.avail_out);
    packed.ptr = (const char *)z.next_out;
    if (deflate(&z, Z_FINISH) == Z_STREAM_END)
        packed.len = (uint32_t)z.total_out;
    else
        packed.ptr = NULL;
    (void)deflateEnd(&z);
    return packed;
}
