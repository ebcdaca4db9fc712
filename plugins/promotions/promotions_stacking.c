/* How offers go together in this shop: one record, set by the manager, used for every price. */
#include "internal.h"
#include "ops.h"

struct promotion_stacking {
    struct mx_rec rec;
    struct mx_str name;
    struct mx_list lanes; /* of struct mx_lane */
    uint8_t keep_cost;
    int64_t max_share_ppm;
};

static const struct mx_field promotion_stacking_fields[] = {
    MX_F_STR(promotion_stacking, name, MX_REQUIRED, 1, 32, "which setting"),
    MX_F_LIST(promotion_stacking, lanes, 0, 0, MX_LANES, mx_lane_type, "lanes in order"),
    MX_F_BOOL(promotion_stacking, keep_cost, 0, "never below cost"),
    MX_F_PPM(promotion_stacking, max_share_ppm, 0, 0, MX_PPM_ONE, "largest share that may come off a unit; 0 = no bound"),
};
MX_TYPE_REC(promotion_stacking, "promotions.stacking", "how offers go together");

const struct mx_table promotions_stackings = {
    .size = sizeof(struct mx_table),
    .name = "promotions.stacking",
    .doc = "how offers go together",
    .type = &promotion_stacking_type,
    .key = "name",
};

struct stacking_put {
    uint64_t has;
    struct mx_list lanes;
    uint8_t keep_cost;
    int64_t max_share_ppm;
    int64_t if_rev;
};

static const struct mx_field stacking_put_fields[] = {
    MX_F_LIST(stacking_put, lanes, 0, 0, MX_LANES, mx_lane_type,
              "lanes in order of application; those that are not named follow, combining"),
    MX_F_BOOL(stacking_put, keep_cost, 0, "no discount takes a unit below its cost, where that is known"),
    MX_F_PPM(stacking_put, max_share_ppm, 0, 0, MX_PPM_ONE, "largest share that all discounts may take off a unit; 0 = no bound"),
    MX_F_INT(stacking_put, if_rev, 0, 0, MX_INT_MAX, "change only this revision"),
};
MX_TYPE_HAS(stacking_put, "promotions.stacking.put", "what changes in how offers go together");

struct stacking_one {
    struct mx_stacking *stacking;
};

static const struct mx_field stacking_one_fields[] = {
    MX_F_STRUCT(stacking_one, stacking, MX_REQUIRED, mx_stacking_type, "how offers go together"),
};
MX_TYPE(stacking_one, "promotions.stacking.one", "how offers go together");

static mx_status read_stacking(struct mx_ctx *ctx, struct promotion_stacking *stacking) {
    struct promotion_stacking probe = {.name = MX_STR_INIT("shop")}, *stored = NULL;
    mx_status st = mx_get(ctx, &promotions_stackings, &probe, &stored);
    if (st < 0) return st;
    *stacking = stored ? *stored : probe;
    return MX_OK;
}

static struct mx_stacking *shown(struct mx_ctx *ctx, const struct promotion_stacking *stored) {
    struct mx_stacking *stacking = mx_alloc(ctx, sizeof(*stacking));
    stacking->lanes = stored->lanes;
    stacking->keep_cost = stored->keep_cost;
    stacking->max_share_ppm = stored->max_share_ppm;
    stacking->rev = stored->rec.rev;
    return stacking;
}

mx_status promotions_stacking(struct mx_ctx *ctx, struct mx_stacking **stacking) {
    struct promotion_stacking stored;
    mx_status st = read_stacking(ctx, &stored);
    if (st == MX_OK) *stacking = shown(ctx, &stored);
    return st;
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    (void)in;
    return promotions_stacking(ctx, &((struct stacking_one *)out)->stacking);
}

static mx_status check_lanes(struct mx_ctx *ctx, const struct mx_list *lanes) {
    uint32_t seen = 0, i;
    for (i = 0; i < lanes->count; i++) {
        int32_t lane = ((const struct mx_lane *)mx_list_at(lanes, i))->lane;
        if (seen >> lane & 1) return mx_fail(ctx, MX_E_BAD_INPUT, "lanes", "The lane %s is named twice.", mx_lane_words[lane - 1]);
        seen |= UINT32_C(1) << lane;
    }
    return MX_OK;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct stacking_put *put = in;
    struct promotion_stacking stacking;
    mx_status st = read_stacking(ctx, &stacking);
    if (st == MX_OK) st = check_lanes(ctx, &put->lanes);
    if (st != MX_OK) return st;
    if (MX_HAS(stacking_put, put, if_rev) && put->if_rev != stacking.rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "The setting is at revision %lld by now.", (long long)stacking.rec.rev);
    if (MX_HAS(stacking_put, put, lanes)) stacking.lanes = put->lanes;
    if (MX_HAS(stacking_put, put, keep_cost)) stacking.keep_cost = put->keep_cost;
    if (MX_HAS(stacking_put, put, max_share_ppm)) stacking.max_share_ppm = put->max_share_ppm;
    stacking.rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &promotions_stackings, &stacking)) != MX_OK) return st;
    ((struct stacking_one *)out)->stacking = shown(ctx, &stacking);
    return MX_OK;
}

const struct mx_op promotions_stacking_get_op =
    PROMOTIONS_OP(MX_OP_QUERY, "promotions.stacking.get", "Show how offers go together: order and mode of the lanes, and the floors.",
                  "promotions.read", NULL, &stacking_one_type, get_handler);
const struct mx_op promotions_stacking_put_op =
    PROMOTIONS_OP(0, "promotions.stacking.put", "Say how offers go together: order and mode of the lanes, and the floors.",
                  "promotions.manage", &stacking_put_type, &stacking_one_type, put_handler);
