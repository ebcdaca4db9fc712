/* The event stream: what a client asks for, entries of the log as its text, and the listeners. */
#ifndef NET_EVENTS_H
#define NET_EVENTS_H

#include "bus/bus.h"
#include "net/internal.h"

#define NET_EVENTS_PERMISSION "system.read" /* what system.log.list asks for */
#define NET_WANTED_MAX        16u
#define NET_EVENT_NAME_MAX    64u

/* Names of events; one may end in ".*" or be "*". None = all. */
struct net_wanted {
    uint32_t count;
    char name[NET_WANTED_MAX][NET_EVENT_NAME_MAX + 1];
};
int net_wants(const struct net_wanted *wanted, const char *name);
/* MX_E_BAD_INPUT, with the field "types". */
MX_MUST_CHECK mx_status net_wanted_add(struct net_wanted *wanted, struct mx_str name, struct mx_error *err);

struct net_ask {
    struct identity *identity;
    struct identity_principal who;
    struct net_wanted wanted;
    int64_t after; /* the number that the client has had last */
};

/* events.c. add: 1, or 0 when there are too many; then the request still wants its answer. */
int net_events_add(struct net_events *events, struct net_request *request, const struct net_ask *ask);
MX_MUST_CHECK mx_status net_events_head(struct net_events *events, struct store_view *view, int64_t *epoch, int64_t *seq);

/* events_frames.c: entries as text/event-stream, the latest of them kept. One thread at a time but for head. */
struct net_frame {
    int64_t seq;
    char name[NET_EVENT_NAME_MAX + 1];
    struct mx_str text;
};
struct net_frames;
struct net_frames *net_frames_new(struct bus *bus, size_t bytes); /* are kept at most, but for one that is larger */
void net_frames_free(struct net_frames *frames);
/* Lent until the next call. NULL: not there yet. */
const struct net_frame *net_frames_get(struct net_frames *frames, struct store_view *view, int64_t seq);
int net_frames_has(const struct net_frames *frames, int64_t seq);
MX_MUST_CHECK mx_status net_frames_head(struct net_frames *frames, struct store_view *view, int64_t *seq);

#endif
