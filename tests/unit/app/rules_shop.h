/* A shop of the kernel and the script room, for tests of the versions of its rules. */
#ifndef TESTS_UNIT_APP_RULES_SHOP_H
#define TESTS_UNIT_APP_RULES_SHOP_H

#include "base/log.h"
#include "script/script.h"
#include "script/version.h"
#include "unit/op/fixture.h"

/* ---- what a version offers: the op room has no way to ask a point from outside, so an operation of the tests asks it ---- */

struct of_ask {
    struct mx_str version;
};
static const struct mx_field of_ask_fields[] = {MX_F_STR(of_ask, version, MX_REQUIRED, 1, 64, "version")};
MX_TYPE(of_ask, "tests.of.ask", "which version");
struct of_answer {
    int64_t offers, faults, ppm;
    struct mx_str version;
};
static const struct mx_field of_answer_fields[] = {
    MX_F_INT(of_answer, offers, 0, -1, MX_INT_MAX, "offers; -1 = declined"), MX_F_INT(of_answer, faults, 0, 0, MX_INT_MAX, "faults"),
    MX_F_INT(of_answer, ppm, 0, 0, MX_INT_MAX, "of the first"), MX_F_STR(of_answer, version, 0, 0, 64, "version")};
MX_TYPE(of_answer, "tests.of.answer", "what it offers");

static mx_op_fn price_answer(void) {
    const struct mx_answer *const *answers = script_plugin()->answers;
    while (strcmp((*answers)->point, MX_POINT_OFFERS) != 0) answers++;
    return (*answers)->fn;
}

/* A version; "now": as the till asks; "now 17": the cart of this key. */
static mx_status ask_of(struct mx_ctx *ctx, const void *in, void *out_) {
    struct mx_cart_line line = {.line = 1, .sku = mx_str_of("A"), .qty = 1000, .unit_price = 100, .amount = 100, .unit = MX_UNIT_PIECE};
    struct mx_cart cart = {
        .at = ctx->now_ms, .currency = mx_str_of("CNY"), .channel = mx_str_of("till"), .location = mx_str_of("one"), .total = 100};
    int is_now = memcmp(((const struct of_ask *)in)->version.ptr, "now", 3) == 0;
    struct mx_offers_ask ask = {((const struct of_ask *)in)->version, &cart};
    struct mx_offers offers = {0};
    struct of_answer *out = out_;
    mx_status st;
    line.tags.elem_size = sizeof(struct mx_str);
    cart.lines.items = &line;
    cart.lines.count = 1;
    cart.lines.elem_size = sizeof(line);
    cart.key = ask.version;
    st = is_now ? price_answer()(ctx, &cart, &offers) : script_offers_of(ctx, &ask, &offers);
    out->offers = st == MX_DECLINED ? -1 : (int64_t)offers.offers.count;
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    out->faults = offers.faults.count;
    out->version = offers.version;
    if (offers.offers.count) out->ppm = ((struct mx_offer *)mx_list_at(&offers.offers, 0))->ppm;
    return MX_OK;
}
static const struct mx_op of_op = {sizeof(struct mx_op), MX_OP_QUERY, "tests.of", "for tests",  "scripts.manage",  &of_ask_type,
                                   &of_answer_type,      ask_of,      NULL,       MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.3"};

/* ---- the shop ---- */

struct shop {
    struct fixture f;
    struct mx_plugin script;
    const struct mx_op *const *more; /* operations of the test itself */
    const struct mx_op *ops[100];
};

static inline int attach(struct shop *shop, int create) {
    struct fixture *f = &shop->f;
    struct store_opts store = {0};
    struct mx_error err = {0};
    mx_status st;
    uint32_t i, n;
    for (i = 0; script_plugin()->ops[i] != NULL; i++) shop->ops[i] = script_plugin()->ops[i];
    shop->ops[i++] = &of_op;
    for (n = 0; shop->more && shop->more[n]; n++) shop->ops[i++] = shop->more[n];
    shop->ops[i] = NULL;
    shop->script = *script_plugin();
    shop->script.ops = shop->ops;
    store.dir = f->data;
    store.keys = f->keys;
    store.map_bytes = 256u << 20;
    store.create = create;
    st = store_open(&store, &f->store, &err);
    if (st == MX_OK) st = identity_open(f->store, f->keys, &f->identity, &err);
    if (st == MX_OK) st = bus_new(f->store, f->keys, mx_str_of("n1"), 1, &f->bus);
    f->opts.store = f->store;
    f->opts.bus = f->bus;
    f->opts.identity = f->identity;
    f->opts.keys = f->keys;
    f->opts.node = mx_str_of("n1");
    f->opts.now_ms = fixture_clock;
    if (st == MX_OK) st = op_new(&f->opts, &f->op, &err);
    if (st == MX_OK) st = op_plugin_add(f->op, op_plugin(), &err);
    if (st == MX_OK) st = op_plugin_add(f->op, identity_plugin(), &err);
    if (st == MX_OK) st = op_plugin_add(f->op, &shop->script, &err);
    if (st == MX_OK) st = store_start(f->store, &err);
    if (st == MX_OK) st = op_freeze(f->op, &err);
    if (st == MX_OK) st = script_attach(f->dir, &err);
    if (st != MX_OK) printf("# start: %s\n", err.message);
    return st == MX_OK;
}

/* As the program does at its start. */
static inline int begin(struct shop *shop) {
    static int starts;
    struct identity_principal system;
    char key[32];
    snprintf(key, sizeof(key), "boot-%d", starts++);
    identity_system(&system);
    return op_start(shop->f.op, NULL) == MX_OK && fixture_call_as(&shop->f, &system, SCRIPT_OP_BEGIN, key, "{}").status == MX_OK;
}

static inline void write_rules(const struct shop *shop, const char *text) {
    char path[100];
    FILE *file;
    snprintf(path, sizeof(path), "%s/a.lua", shop->f.dir);
    file = fopen(path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) exit(2);
}

/* `more`: operations of the test itself, NULL at the end; or NULL. */
static inline int open_shop(struct shop *shop, const struct mx_op *const *more) {
    struct fixture *f = &shop->f;
    memset(shop, 0, sizeof(*shop));
    shop->more = more;
    snprintf(f->dir, sizeof(f->dir), "/tmp/merx-versions-XXXXXX");
    if (!mkdtemp(f->dir)) return 0;
    snprintf(f->data, sizeof(f->data), "%s/data", f->dir);
    snprintf(f->key_file, sizeof(f->key_file), "%s/data.key", f->dir);
    f->arena = base_arena_new(65536);
    base_log_level(0);
    write_rules(shop, "promotion { id = 'a', percent = 5 }\n");
    if (crypto_init(NULL) != MX_OK || crypto_keys_create(f->key_file, NULL) != MX_OK) return 0;
    return crypto_keys_open(f->key_file, &f->keys, NULL) == MX_OK && attach(shop, 1) && fixture_make_owner(f) && begin(shop);
}

static inline int restart(struct shop *shop) {
    fixture_detach(&shop->f);
    script_close();
    return attach(shop, 0) && begin(shop);
}

static inline void close_shop(struct shop *shop) {
    fixture_close(&shop->f);
    script_close();
}

static inline const char *in_force(void) {
    static char text[64];
    struct script_set *set = script_set_current();
    snprintf(text, sizeof(text), "%s", set ? set->version : "nothing");
    if (set && strchr(text, '-')) *strchr(text, '-') = '\0';
    script_set_drop(set);
    return text;
}

#endif
