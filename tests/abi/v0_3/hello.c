/* A whole plugin in one file, frozen: it is built against the headers beside it and must run in every later program of
 * the same major version. It uses what 0.3 brought: secrets, signatures, times on a wall, slices, an offer of a new kind.
 * Do not change it; a new contract gets a folder of its own. */
#include "merx/plugin.h"
#include "merx/retail/pricing.h"

struct hello_in {
    struct mx_str name;
};
static const struct mx_field hello_in_fields[] = {MX_F_STR(hello_in, name, 0, 0, 64, "who")};
MX_TYPE(hello_in, "hello.in", "whom to greet");

struct hello_out {
    struct mx_str said;
    int64_t weekday;
    int64_t counted;
    int64_t kept;
};
static const struct mx_field hello_out_fields[] = {
    MX_F_STR(hello_out, said, 0, 0, 200, "what was said"),
    MX_F_INT(hello_out, weekday, 0, 1, 7, "day of the week"),
    MX_F_INT(hello_out, counted, 0, 0, MX_INT_MAX, "slices"),
    MX_F_INT(hello_out, kept, 0, -1, 1, "how the last whisper ended"),
};
MX_TYPE(hello_out, "hello.out", "what came of it");

static int64_t last_kept = -1;
static void note_kept(void *arg, int32_t kept) {
    (void)arg;
    last_kept = kept;
}

static const char purpose[] = "whisper";

/* Whisper: what was sealed opens again, for this name alone; what was signed is known again, unchanged alone. */
static mx_status whisper(struct mx_ctx *ctx, const void *in, void *out) {
    const struct hello_in *ask = in;
    struct hello_out *answer = out;
    uint8_t bytes[16], other[16], hash[MX_HASH_BYTES], keyed[MX_HASH_BYTES], again[MX_HASH_BYTES], signature[MX_SIGNATURE_BYTES];
    struct mx_str sealed = mx_seal(ctx, ask->name, mx_str_of("bound"));
    mx_status st = mx_settled(ctx, note_kept, NULL);
    if (st == MX_OK) st = mx_unseal(ctx, sealed, mx_str_of("bound"), &answer->said);
    if (st != MX_OK) return st;
    if (mx_unseal(ctx, sealed, mx_str_of("else"), &sealed) != MX_E_DAMAGED) return mx_refuse(ctx, "opened", NULL, "It opened for another.");
    mx_random(ctx, bytes, sizeof(bytes));
    mx_random(ctx, other, sizeof(other));
    if (memcmp(bytes, other, sizeof(bytes)) == 0) return mx_refuse(ctx, "no_chance", NULL, "The same bytes came twice.");
    mx_hash(ctx, purpose, ask->name, hash);
    mx_keyed_hash(ctx, purpose, ask->name, keyed);
    mx_keyed_hash(ctx, "other", ask->name, again);
    if (memcmp(hash, keyed, sizeof(hash)) == 0 || memcmp(keyed, again, sizeof(keyed)) == 0)
        return mx_refuse(ctx, "one_hash", NULL, "Hashes for two things are one.");
    mx_sign(ctx, purpose, ask->name, signature);
    st = mx_sign_check(ctx, purpose, ask->name, signature);
    signature[0] ^= 1;
    if (st == MX_OK && mx_sign_check(ctx, purpose, ask->name, signature) != MX_E_DAMAGED)
        return mx_refuse(ctx, "forged", NULL, "A changed signature was taken.");
    if (st != MX_OK || ask->name.len) return st;
    return mx_refuse(ctx, "nobody_there", "name", "There is nobody to whisper to.");
}

static mx_status look(struct mx_ctx *ctx, const void *in, void *out) {
    struct hello_out *answer = out;
    struct mx_civil civil;
    (void)in;
    mx_civil_of(ctx, mx_str_of("Asia/Shanghai"), INT64_C(1767225600000), &civil); /* 2026-01-01 08:00 there, a Thursday */
    answer->weekday = civil.year == 2026 && civil.hour == 8 ? civil.weekday : 0;
    answer->kept = last_kept;
    return MX_OK;
}

/* A heavy query that gives its memory back as it goes. */
static mx_status count(struct mx_ctx *ctx, const void *in, void *out) {
    struct hello_out *answer = out;
    mx_status st = MX_OK;
    (void)in;
    for (; st == MX_OK && answer->counted < 20; answer->counted++) {
        st = mx_slice(ctx);
        if (st == MX_OK) memset(mx_alloc(ctx, 100000), 1, 100000);
    }
    mx_slices_end(ctx);
    return st;
}

/* Every cart is offered one thing: any two of its pieces for 1.00. */
static mx_status offer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_cart *cart = in;
    struct mx_offers *offers = out;
    struct mx_offer_slot *slot;
    struct mx_offer *made;
    uint32_t i;
    offers->offers = mx_list_new(ctx, 1, sizeof(struct mx_offer));
    made = mx_list_at(&offers->offers, 0);
    made->rule = mx_str_of("hello-two-for-one");
    made->lane = MX_LANE_ITEM;
    made->kind = MX_OFFER_BUNDLE;
    made->has_price = 1;
    made->amount = 100;
    made->slots = mx_list_new(ctx, 1, sizeof(struct mx_offer_slot));
    slot = mx_list_at(&made->slots, 0);
    slot->pieces = 2;
    slot->lines = mx_list_new(ctx, cart->lines.count, sizeof(struct mx_offer_line));
    for (i = 0; i < cart->lines.count; i++)
        ((struct mx_offer_line *)mx_list_at(&slot->lines, i))->line = ((const struct mx_cart_line *)mx_list_at(&cart->lines, i))->line;
    return MX_OK;
}

#define OP(flags, name, doc, permission, fn)                                                                                               \
    {                                                                                                                                      \
        sizeof(struct mx_op), flags, name, doc, permission, &hello_in_type, &hello_out_type, fn, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE,    \
            "0.3"                                                                                                                          \
    }
static const struct mx_op op_whisper = OP(0, "hello.whisper", "Whisper something.", "hello.greet", whisper);
static const struct mx_op op_look = OP(MX_OP_QUERY, "hello.look", "Look at the wall.", "hello.read", look);
static const struct mx_op op_count = OP(MX_OP_QUERY | MX_OP_HEAVY, "hello.count", "Count slowly.", "hello.read", count);

static mx_status load(const struct mx_host *host) {
    const struct mx_op_api *op = (const struct mx_op_api *)host->get(host, "mx.op", 0);
    return op && op->size >= sizeof(*op) ? MX_OK : MX_E_BAD_PLUGIN;
}

MX_PLUGIN(hello) {
    static const struct mx_op *const ops[] = {&op_whisper, &op_look, &op_count, NULL};
    static const struct mx_answer offers = {sizeof(struct mx_answer), 200, MX_POINT_OFFERS, &mx_cart_type, &mx_offers_type, offer};
    static const struct mx_answer *const answers[] = {&offers, NULL};
    static const struct mx_grant reader = {"auditor", "hello.read"};
    static const struct mx_grant *const grants[] = {&reader, NULL};
    static const struct mx_plugin plugin = {.size = sizeof(plugin),
                                            .abi_minor = 3,
                                            .name = "hello",
                                            .version = "1.0",
                                            .summary = "whispers",
                                            .ops = ops,
                                            .answers = answers,
                                            .load = load,
                                            .grants = grants};
    return &plugin;
}
