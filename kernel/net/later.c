/* Stands in until the way out is here. */
#include "net/internal.h"

static mx_status not_yet(struct mx_error *err) {
    return base_fail(err, MX_E_INTERNAL, NULL, "This part of the network is not built in yet.");
}

mx_status net_way_new(const struct net_out_opts *opts, struct net_way **way, struct mx_error *err) {
    (void)opts, (void)way;
    return not_yet(err);
}
void net_way_free(struct net_way *way) { (void)way; }
mx_status net_fetch(struct net_way *way, struct base_arena *arena, const struct net_fetch *fetch, struct net_answer *answer,
                    struct mx_error *err) {
    (void)way, (void)arena, (void)fetch, (void)answer;
    return not_yet(err);
}
