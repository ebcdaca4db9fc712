/* rules.hunt: carts, made from a number, at the edges of what rules ask for, until a property breaks; then the smallest one. */
#include "script/hunt.h"
#include "script/backtest.h"
#include "script/hunt_wire.h"

#define CARTS_DEFAULT 2000
#define RECEIPTS      400 /* looked at for articles */
#define DAY_MS        (24 * 3600 * INT64_C(1000))
#define PAST_MS       (60 * DAY_MS)

/* One property while it is hunted. */
struct quarry {
    const struct script_property *property;
    struct script_rule *rule; /* NULL: nobody declared it */
    int done;                 /* broken or faulty */
    struct hunt_failure failure;
    struct hunt_fault fault;
};

struct search {
    struct hunt hunt;
    struct hunt_pool pool;
    struct base_arena *arena;
    struct quarry *quarries;
    struct script_property common[2]; /* of rules without properties */
    uint32_t count, open;
    int64_t seed;
};

/* ---- what is hunted ---- */

static void choose(struct search *search) {
    const struct script_rules *declared = &search->hunt.trying.set->of[SCRIPT_PROPERTY];
    uint32_t i;
    search->count = declared->count ? declared->count : 2;
    search->open = search->count;
    search->quarries = base_arena_alloc(search->arena, search->count * sizeof(*search->quarries));
    for (i = 0; i < declared->count; i++) {
        search->quarries[i].rule = declared->items[i];
        search->quarries[i].property = declared->items[i]->own;
    }
    if (declared->count) return;
    (void)script_property_known(mx_str_of("hunt.never_below_cost"), &search->common[0]);
    (void)script_property_known(mx_str_of("hunt.monotone"), &search->common[1]);
    for (i = 0; i < 2; i++) search->quarries[i].property = &search->common[i];
}

/* Articles of the last weeks; of any time when there are none. A shop without receipts is no obstacle. */
static mx_status take_receipts(struct search *search) {
    struct mx_ctx *ctx = search->hunt.ctx;
    struct mx_past_ask ask = {.from = ctx->now_ms - PAST_MS, .limit = RECEIPTS};
    struct mx_past_page page = {0};
    struct backtest_costs costs;
    uint32_t i;
    mx_status st;
    if (ask.from < 0) ask.from = 0;
    st = mx_ask(ctx, &mx_point_past, &ask, &page);
    if (st == MX_OK && page.receipts.count == 0 && ask.from > 0) {
        ask.from = 0;
        st = mx_ask(ctx, &mx_point_past, &ask, &page);
    }
    if (st == MX_DECLINED) return MX_OK;
    backtest_costs_init(&costs, search->arena);
    for (i = 0; st == MX_OK && i < page.receipts.count; i++) {
        const struct mx_past *past = mx_list_at(&page.receipts, i);
        st = backtest_costs_fill(&costs, ctx, past->cart);
        hunt_pool_receipt(&search->pool, past->cart, past->imported);
    }
    backtest_costs_fini(&costs);
    return st;
}

static mx_status fill_pool(struct search *search) {
    const struct mx_shop *shop = mx_shop_of(search->hunt.ctx);
    struct hunt_pool *pool = &search->pool;
    mx_status st;
    pool->arena = search->arena;
    pool->currency = base_arena_dup(pool->arena, shop->currency);
    pool->zone = base_arena_dup(pool->arena, shop->zone);
    pool->digits = shop->digits;
    pool->prices_include_tax = (uint8_t)shop->prices_include_tax;
    pool->now_ms = search->hunt.ctx->now_ms / DAY_MS * DAY_MS + DAY_MS / 2; /* noon, the whole day long */
    st = take_receipts(search);
    if (st == MX_OK) hunt_pool_rules(pool, search->hunt.trying.set);
    return st;
}

/* ---- one cart ---- */

/* What was found stays in the search's own memory. */
static mx_status note_failure(struct search *search, struct quarry *quarry, struct mx_cart *cart) {
    struct hunt *hunt = &search->hunt;
    struct hunt_failure *failure = &quarry->failure;
    struct mx_priced priced = {0};
    struct mx_str json = {NULL, 0};
    int outcome = HUNT_HOLDS;
    mx_status st = hunt_shrink(hunt, quarry->property, quarry->rule, &cart, &failure->shrunk);
    if (st == MX_OK) st = hunt_price(hunt, cart, &priced);
    if (st == MX_OK) st = hunt_check(hunt, quarry->property, quarry->rule, cart, &priced, &outcome);
    if (st == MX_OK) st = hunt->ctx->op->encode(hunt->ctx, &mx_cart_type, cart, &json);
    if (st != MX_OK) return st;
    quarry->done = 1;
    search->open--;
    failure->property = quarry->property->name;
    failure->file = quarry->rule ? quarry->rule->file : mx_str_of("");
    failure->line = quarry->rule ? quarry->rule->line : 0;
    failure->message = base_arena_dup(search->arena, script_clean(hunt->ctx, hunt->message));
    failure->cart = base_arena_dup(search->arena, json);
    failure->total = priced.total;
    failure->discount = priced.discount;
    failure->number = search->hunt.done + 1;
    return MX_OK;
}

static void note_fault(struct search *search, struct quarry *quarry) {
    quarry->done = 1;
    search->open--;
    quarry->fault.rule = quarry->property->name;
    quarry->fault.message = base_arena_dup(search->arena, script_clean(search->hunt.ctx, search->hunt.message));
    quarry->fault.receipts = 1;
}

/* The cart of this turn, and what it costs. */
static mx_status make_cart(struct search *search, struct mx_cart **cart, struct mx_priced *priced) {
    struct hunt *hunt = &search->hunt;
    uint64_t number = (uint64_t)search->seed * HUNT_CARTS_MAX + (uint64_t)hunt->done;
    *cart = hunt_cart(&search->pool, hunt->trying.set, hunt->ctx, number);
    return (*cart)->lines.count ? hunt_price(hunt, *cart, priced) : MX_OK;
}

static mx_status try_cart(struct search *search) {
    struct hunt *hunt = &search->hunt;
    struct mx_priced priced = {0};
    struct mx_cart *cart;
    mx_status st = make_cart(search, &cart, &priced);
    uint32_t i;
    if (st == MX_E_OUT_OF_RANGE || cart->lines.count == 0) return MX_OK;
    for (i = 0; i < search->count && st == MX_OK; i++) {
        struct quarry *quarry = &search->quarries[i];
        int outcome = HUNT_HOLDS;
        if (quarry->done) continue;
        st = hunt_check(hunt, quarry->property, quarry->rule, cart, &priced, &outcome);
        if (st == MX_OK && outcome == HUNT_BROKEN) {
            st = note_failure(search, quarry, cart);
            if (st == MX_OK) st = make_cart(search, &cart, &priced); /* the memory of the first was used again */
        }
        if (st == MX_OK && outcome == HUNT_FAULT) note_fault(search, quarry);
    }
    return st;
}

static mx_status try_carts(struct search *search) {
    mx_status st = MX_OK;
    for (search->hunt.done = 0; search->hunt.done < search->hunt.carts && search->open > 0 && st == MX_OK; search->hunt.done++) {
        st = mx_slice(search->hunt.ctx);
        if (st == MX_OK) st = mx_progress(search->hunt.ctx, search->hunt.done, search->hunt.carts);
        if (st == MX_OK) st = try_cart(search);
    }
    mx_slices_end(search->hunt.ctx);
    return st;
}

/* ---- the operation ---- */

static void report(const struct search *search, struct hunt_report *out) {
    struct mx_ctx *ctx = search->hunt.ctx;
    uint32_t i;
    out->version = mx_dup(ctx, mx_str_of(search->hunt.trying.set->version));
    out->currency = mx_dup(ctx, search->pool.currency);
    out->digits = search->pool.digits;
    out->seed = search->seed;
    out->carts = search->hunt.done;
    out->properties = mx_list_new(ctx, search->count, sizeof(struct mx_str));
    out->failures = mx_list_new(ctx, search->count, sizeof(struct hunt_failure));
    out->faults = mx_list_new(ctx, search->count, sizeof(struct hunt_fault));
    out->failures.count = out->faults.count = 0;
    for (i = 0; i < search->count; i++) {
        const struct quarry *quarry = &search->quarries[i];
        *(struct mx_str *)mx_list_at(&out->properties, i) = mx_dup(ctx, quarry->property->name);
        if (quarry->failure.property.len) {
            struct hunt_failure *failure = mx_list_at(&out->failures, out->failures.count++);
            *failure = quarry->failure;
            failure->property = mx_dup(ctx, failure->property);
            failure->file = mx_dup(ctx, failure->file);
            failure->message = mx_dup(ctx, failure->message);
            failure->cart = mx_dup(ctx, failure->cart);
        }
        if (quarry->fault.rule.len) {
            struct hunt_fault *fault = mx_list_at(&out->faults, out->faults.count++);
            *fault = quarry->fault;
            fault->rule = mx_dup(ctx, fault->rule);
            fault->message = mx_dup(ctx, fault->message);
        }
    }
}

static mx_status hunt(struct mx_ctx *ctx, const void *in, void *out) {
    const struct hunt_request *ask = in;
    struct base_arena *arena = base_arena_new(64 * 1024);
    struct search *search = base_arena_alloc(arena, sizeof(*search));
    mx_status st;
    search->arena = arena;
    search->hunt.ctx = ctx;
    search->hunt.pool = &search->pool;
    search->seed = ask->seed ? ask->seed : 1;
    search->hunt.carts = ask->carts ? ask->carts : CARTS_DEFAULT;
    st = script_draft_open(ctx, ask->draft, &search->hunt.trying);
    if (st == MX_OK) {
        choose(search);
        st = fill_pool(search);
        if (st == MX_OK) st = try_carts(search);
        if (st == MX_OK) report(search, out);
        script_trying_end(&search->hunt.trying);
    }
    base_arena_free(arena);
    return st;
}

const struct mx_op script_op_rules_hunt = {
    sizeof(struct mx_op),
    MX_OP_QUERY | MX_OP_HEAVY,
    "rules.hunt",
    "Look for carts that break the properties declared in a draft, and make them as small as they can be",
    "rules.read",
    &hunt_request_type,
    &hunt_report_type,
    hunt,
    NULL,
    MX_HOME_HERE,
    MX_OFFLINE_REFUSE,
    "0.3"};
