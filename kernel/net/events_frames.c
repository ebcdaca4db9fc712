/* Entries of the log as text/event-stream: each is read and written out once for all who listen at the end of the log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/events.h"

#define KEPT 512u

struct net_frames {
    struct bus *bus;
    struct base_arena *arena; /* of the frame that is being made */
    size_t most, bytes;       /* that may be kept, that are */
    struct net_frame kept[KEPT];
};

struct net_frames *net_frames_new(struct bus *bus, size_t bytes) {
    struct net_frames *frames = calloc(1, sizeof(*frames));
    if (frames == NULL) abort();
    frames->bus = bus;
    frames->most = bytes;
    frames->arena = base_arena_new(16384);
    return frames;
}

static void drop(struct net_frames *frames, struct net_frame *frame) {
    frames->bytes -= frame->text.len;
    free((char *)(uintptr_t)frame->text.ptr);
    memset(frame, 0, sizeof(*frame));
}

static void drop_all(struct net_frames *frames) {
    uint32_t i;
    for (i = 0; i < KEPT; i++) drop(frames, &frames->kept[i]);
}

void net_frames_free(struct net_frames *frames) {
    drop_all(frames);
    base_arena_free(frames->arena);
    free(frames);
}

mx_status net_frames_head(struct net_frames *frames, struct store_view *view, int64_t *seq) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    return bus_head(frames->bus, view, seq, hash);
}

static void format(struct base_buf *out, const struct bus_entry *entry) {
    base_buf_text(out, "id: ");
    base_buf_int(out, entry->epoch);
    base_buf_char(out, '-');
    base_buf_int(out, entry->seq);
    base_buf_text(out, "\nevent: ");
    base_buf_str(out, entry->name);
    base_buf_text(out, "\ndata: ");
    base_buf_str(out, bus_cloudevent(out->arena, entry));
    base_buf_text(out, "\n\n");
}

/* A damaged entry is named to those who listen and does not hold up what follows; its name is unknown, so all hear it. */
static void format_damaged(struct base_buf *out, int64_t seq) {
    base_log(BASE_LOG_ERROR, "net", "the entry %lld of the log cannot be read; merx verify says more", (long long)seq);
    base_buf_printf(out, ": The entry %lld of the log cannot be read.\n\n", (long long)seq);
}

static void keep(struct net_frames *frames, struct net_frame *frame, int64_t seq, struct mx_str name, struct mx_str text) {
    char *copy = malloc(text.len);
    if (copy == NULL) abort();
    memcpy(copy, text.ptr, text.len);
    drop(frames, frame);
    if (frames->bytes + text.len > frames->most) drop_all(frames);
    frames->bytes += text.len;
    frame->seq = seq;
    frame->text = mx_str_n(copy, text.len);
    snprintf(frame->name, sizeof(frame->name), "%.*s", (int)name.len, name.len ? name.ptr : "");
}

int net_frames_has(const struct net_frames *frames, int64_t seq) { return frames->kept[(uint64_t)seq % KEPT].seq == seq; }

const struct net_frame *net_frames_get(struct net_frames *frames, struct store_view *view, int64_t seq) {
    struct net_frame *frame = &frames->kept[(uint64_t)seq % KEPT];
    struct bus_entry entry = {0};
    struct base_buf out;
    mx_status st;
    if (frame->seq == seq) return frame;
    st = bus_read(frames->bus, view, seq, &entry);
    if (st != MX_OK && st != MX_E_DAMAGED) return NULL;
    base_arena_reset(frames->arena);
    base_buf_init(&out, frames->arena);
    if (st == MX_OK)
        format(&out, &entry);
    else
        format_damaged(&out, seq);
    keep(frames, frame, seq, st == MX_OK ? entry.name : mx_str_n(NULL, 0), base_buf_view(&out));
    return frame;
}
