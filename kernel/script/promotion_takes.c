/* What a promotion takes off: every kind, said in a promotion or in an offer that a function made. */
#include <stdlib.h>

#include "script/sale.h"

#define PIECES_MAX 1000
#define STEPS_MAX  50
#define TIMES_MAX  100

/* percent = 12.5: say what to write instead. */
static void refuse_decimals(const struct script_reader *reader) {
    lua_State *L = reader->L;
    lua_pushstring(L, "percent");
    if (lua_rawget(L, reader->table) == LUA_TNUMBER && !lua_isinteger(L, -1)) {
        lua_Number percent = lua_tonumber(L, -1);
        if (percent > 0 && percent <= 100) {
            script_complain(reader, "percent must be a whole number; for %g %% write ppm = %lld (parts per million)", percent,
                            (long long)(percent * 10000 + 0.5));
        }
    }
    lua_pop(L, 1);
}

int script_read_ppm(const struct script_reader *reader, int64_t *ppm) {
    int64_t whole = 0;
    refuse_decimals(reader);
    if (script_read_int(reader, "percent", 1, 100, &whole)) {
        if (script_read_has(reader, "ppm")) script_complain(reader, "give one of percent and ppm, not several");
        *ppm = whole * (MX_PPM_ONE / 100);
        return 1;
    }
    return script_read_int(reader, "ppm", 1, MX_PPM_ONE, ppm);
}

/* ---- the plain kinds ---- */

static void take_percent(struct script_taking *taking) {
    taking->offer->kind = MX_OFFER_PERCENT;
    script_read_ppm(&taking->reader, &taking->offer->ppm);
}

static void take_amount(struct script_taking *taking) {
    taking->offer->kind = MX_OFFER_AMOUNT;
    script_read_int(&taking->reader, "amount", 1, MX_INT_MAX, &taking->offer->amount);
}

static void take_price(struct script_taking *taking) {
    taking->offer->kind = MX_OFFER_PRICE;
    script_read_int(&taking->reader, "price", 1, MX_INT_MAX, &taking->offer->amount);
}

static int by_sku(const void *a, const void *b) {
    return mx_str_cmp(((const struct script_sku_price *)a)->sku, ((const struct script_sku_price *)b)->sku);
}

/* prices = {["TEA-1"] = 1990} */
static void take_prices(struct script_taking *taking) {
    static const char shape[] = "{[\"TEA-1\"] = 1990, [\"TEA-2\"] = 2490}";
    struct script_inner inner;
    struct script_takes *takes = taking->takes;
    lua_State *L = taking->reader.L;
    uint32_t count = 0;
    taking->offer->kind = MX_OFFER_PRICE;
    takes->shape = SCRIPT_SHAPE_PRICES;
    script_enter(&taking->reader, "prices", shape, &inner);
    for (lua_pushnil(L); lua_next(L, inner.reader.table); lua_pop(L, 1)) count++;
    if (count == 0 || count > SCRIPT_LIST_MAX)
        script_complain(&inner.reader, "there must be 1 to %d articles, like %s", SCRIPT_LIST_MAX, shape);
    script_charge(L, (size_t)count * SCRIPT_BYTES_A_STEP / 4);
    takes->prices = taking->alloc(taking->alloc_arg, count * sizeof(*takes->prices));
    for (lua_pushnil(L); lua_next(L, inner.reader.table); lua_pop(L, 1)) {
        struct script_sku_price *price = &takes->prices[takes->price_count++];
        size_t len = 0;
        const char *sku = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &len) : NULL;
        if (len == 0 || len > MX_SKU_MAX) script_complain(&inner.reader, "every entry is an article and its price, like %s", shape);
        if (!script_text_clean(mx_str_n(sku, len)))
            script_complain(&inner.reader, "an article holds bytes that are no readable UTF-8 text");
        price->sku = mx_str_n(taking->alloc(taking->alloc_arg, len + 1), len);
        memcpy((char *)(uintptr_t)price->sku.ptr, sku, len);
        script_read_int(&inner.reader, price->sku.ptr, 1, MX_INT_MAX, &price->price);
    }
    lua_pop(L, 1);
    qsort(takes->prices, takes->price_count, sizeof(*takes->prices), by_sku);
}

/* Which ones are free, and how much of them. */
static void read_free(struct script_taking *taking) {
    struct mx_str word;
    script_read_ppm(&taking->reader, &taking->offer->ppm);
    if (!script_read_text(&taking->reader, "free", 16, &word)) return;
    taking->offer->dearest = mx_str_is(word, "dearest") != 0;
    if (!taking->offer->dearest && !mx_str_is(word, "cheapest"))
        script_complain(&taking->reader, "free is \"cheapest\" or \"dearest\", not '%s'", word.ptr);
}

static void take_buy_pay(struct script_taking *taking) {
    struct mx_offer *offer = taking->offer;
    const struct script_reader *reader = &taking->reader;
    offer->kind = MX_OFFER_BUY_PAY;
    if (!script_read_int(reader, "buy", 2, PIECES_MAX, &offer->buy))
        script_complain(reader, "pay needs buy as well, like buy = 3, pay = 2");
    if (!script_read_int(reader, "pay", 1, PIECES_MAX - 1, &offer->pay))
        script_complain(reader, "buy needs pay as well, like buy = 3, pay = 2");
    if (offer->pay >= offer->buy) script_complain(reader, "pay must be less than buy, like buy = 3, pay = 2");
    read_free(taking);
}

/* nth = 2, percent = 50 */
static void take_nth(struct script_taking *taking) {
    struct mx_offer *offer = taking->offer;
    offer->kind = MX_OFFER_BUY_PAY;
    script_read_int(&taking->reader, "nth", 2, PIECES_MAX, &offer->buy);
    offer->pay = offer->buy - 1;
    read_free(taking);
    if (offer->ppm == 0) script_complain(&taking->reader, "nth needs percent or ppm as well, like nth = 2, percent = 50");
}

static void take_save(struct script_taking *taking) {
    struct mx_offer *offer = taking->offer;
    offer->kind = MX_OFFER_SPEND_SAVE;
    script_read_int(&taking->reader, "save", 1, MX_INT_MAX, &offer->amount);
    if (!script_read_int(&taking->reader, "spend", 1, MX_INT_MAX, &offer->spend))
        script_complain(&taking->reader, "save needs spend as well, like spend = 20000, save = 3000");
    if (offer->amount > offer->spend) script_complain(&taking->reader, "save may not be more than spend");
    offer->repeats = (uint8_t)script_read_true(&taking->reader, "repeats");
}

/* ---- steps ---- */

static int64_t read_reached(const struct script_reader *reader, struct mx_offer_step *step) {
    int64_t pieces = 0;
    int several = script_read_has(reader, "pieces") + script_read_has(reader, "qty") + script_read_has(reader, "spend");
    if (several != 1) script_complain(reader, "a step is reached with one of pieces, qty (thousandths) and spend");
    if (script_read_int(reader, "pieces", 1, 1000000, &pieces)) step->qty = pieces * MX_QTY_ONE;
    script_read_int(reader, "qty", 1, MX_INT_MAX, &step->qty);
    script_read_int(reader, "spend", 1, MX_INT_MAX, &step->spend);
    return step->spend ? step->spend : step->qty;
}

static void read_given(const struct script_reader *reader, struct mx_offer_step *step) {
    int several = (script_read_has(reader, "percent") || script_read_has(reader, "ppm")) + script_read_has(reader, "amount") +
                  script_read_has(reader, "price");
    if (several != 1) script_complain(reader, "a step gives one of percent, ppm, amount and price");
    script_read_ppm(reader, &step->ppm);
    script_read_int(reader, "amount", 1, MX_INT_MAX, &step->amount);
    script_read_int(reader, "price", 1, MX_INT_MAX, &step->price);
}

static void take_steps(struct script_taking *taking) {
    static const char *const known[] = {"pieces", "qty", "spend", "percent", "ppm", "amount", "price", NULL};
    static const char shape[] = "{pieces = 3, percent = 5}";
    struct script_inner list, inner;
    struct mx_offer_step *steps;
    uint32_t i, count;
    int64_t reached, before = 0;
    script_enter(&taking->reader, "steps", "{{pieces = 3, percent = 5}, {pieces = 6, percent = 10}}", &list);
    count = script_list_count(&list.reader, NULL, 1, STEPS_MAX);
    steps = taking->alloc(taking->alloc_arg, count * sizeof(*steps));
    memset(steps, 0, count * sizeof(*steps));
    for (i = 0; i < count; i++) {
        script_enter_item(&list.reader, i + 1, shape, &inner);
        script_read_known(&inner.reader, known);
        reached = read_reached(&inner.reader, &steps[i]);
        if (i > 0 && (steps[i].spend != 0) != (steps[0].spend != 0))
            script_complain(&list.reader, "either all steps count goods, or all count what is spent");
        if (reached <= before) script_complain(&list.reader, "each step needs more than the one before it");
        before = reached;
        read_given(&inner.reader, &steps[i]);
        lua_pop(taking->reader.L, 1);
    }
    lua_pop(taking->reader.L, 1);
    taking->offer->kind = MX_OFFER_STEPS;
    taking->offer->steps.items = steps;
    taking->offer->steps.count = count;
    taking->offer->steps.elem_size = sizeof(*steps);
}

/* ---- points ---- */

static void take_points(struct script_taking *taking) {
    taking->offer->kind = MX_OFFER_POINTS;
    script_read_int(&taking->reader, "points", 1, 1000000000, &taking->offer->amount);
}

static void take_points_times(struct script_taking *taking) {
    int64_t times = 0;
    taking->offer->kind = MX_OFFER_POINTS_TIMES;
    if (script_read_int(&taking->reader, "points_times", 2, TIMES_MAX, &times)) taking->offer->ppm = times * MX_PPM_ONE;
    script_read_int(&taking->reader, "points_ppm", MX_PPM_ONE, TIMES_MAX * MX_PPM_ONE, &taking->offer->ppm);
}

/* ---- what comes to an end, what is bought together ---- */

static int by_days(const void *a, const void *b) {
    const struct script_ladder_step *x = a, *y = b;
    return (x->days > y->days) - (x->days < y->days);
}

static void take_expiry(struct script_taking *taking) {
    static const char *const known[] = {"days", "percent", "ppm", NULL};
    struct script_inner list, inner;
    struct script_takes *takes = taking->takes;
    uint32_t i;
    script_enter(&taking->reader, "expiry", "{{days = 3, percent = 20}, {days = 1, percent = 50}}", &list);
    takes->ladder_count = script_list_count(&list.reader, NULL, 1, STEPS_MAX);
    takes->ladder = taking->alloc(taking->alloc_arg, takes->ladder_count * sizeof(*takes->ladder));
    for (i = 0; i < takes->ladder_count; i++) {
        script_enter_item(&list.reader, i + 1, "{days = 3, percent = 20}", &inner);
        script_read_known(&inner.reader, known);
        if (!script_read_int(&inner.reader, "days", 1, 3650, &takes->ladder[i].days))
            script_complain(&inner.reader, "days is missing, like {days = 3, percent = 20}");
        if (!script_read_ppm(&inner.reader, &takes->ladder[i].ppm))
            script_complain(&inner.reader, "percent is missing, like {days = 3, percent = 20}");
        lua_pop(taking->reader.L, 1);
    }
    qsort(takes->ladder, takes->ladder_count, sizeof(*takes->ladder), by_days);
    for (i = 1; i < takes->ladder_count; i++) {
        if (takes->ladder[i].days == takes->ladder[i - 1].days)
            script_complain(&list.reader, "%lld days stand there twice", (long long)takes->ladder[i].days);
    }
    lua_pop(taking->reader.L, 1);
    taking->offer->kind = MX_OFFER_PERCENT;
    takes->shape = SCRIPT_SHAPE_EXPIRY;
}

static void take_group(struct script_taking *taking) {
    static const char *const known[] = {"size", "price", "pieces", NULL};
    struct script_inner inner;
    script_enter(&taking->reader, "group_buy", "{size = 3, price = 8900}", &inner);
    script_read_known(&inner.reader, known);
    if (!script_read_int(&inner.reader, "size", 2, PIECES_MAX, &taking->takes->size))
        script_complain(&inner.reader, "size is missing: how many must join");
    if (!script_read_int(&inner.reader, "price", 1, MX_INT_MAX, &taking->offer->amount)) script_complain(&inner.reader, "price is missing");
    script_read_int(&inner.reader, "pieces", 1, PIECES_MAX, &taking->takes->pieces);
    lua_pop(taking->reader.L, 1);
    taking->offer->kind = MX_OFFER_PRICE;
    taking->takes->shape = SCRIPT_SHAPE_GROUP;
}

static void take_bargain(struct script_taking *taking) {
    static const char *const known[] = {"floor", "pieces", NULL};
    struct script_inner inner;
    script_enter(&taking->reader, "bargain", "{floor = 5000}", &inner);
    script_read_known(&inner.reader, known);
    if (!script_read_int(&inner.reader, "floor", 1, MX_INT_MAX, &taking->takes->floor))
        script_complain(&inner.reader, "floor is missing: the lowest price that helpers can reach");
    taking->takes->pieces = 1;
    script_read_int(&inner.reader, "pieces", 1, PIECES_MAX, &taking->takes->pieces);
    lua_pop(taking->reader.L, 1);
    taking->offer->kind = MX_OFFER_PRICE;
    taking->takes->shape = SCRIPT_SHAPE_BARGAIN;
}

/* ---- which of them ---- */

/* Every key that says what is taken off. One that another key explains (`with`) is no kind of its own. */
static const struct head {
    const char *key, *with;
    void (*read)(struct script_taking *taking);
} heads[] = {{"buy", NULL, take_buy_pay},
             {"pay", "buy", take_buy_pay},
             {"nth", NULL, take_nth},
             {"percent", "buy pay nth", take_percent},
             {"ppm", "buy pay nth", take_percent},
             {"amount", NULL, take_amount},
             {"price", NULL, take_price},
             {"prices", NULL, take_prices},
             {"steps", NULL, take_steps},
             {"save", NULL, take_save},
             {"bundle", NULL, script_bundle_read},
             {"mix", NULL, script_mix_read},
             {"gift", NULL, script_gift_read},
             {"get", NULL, script_get_read},
             {"points", NULL, take_points},
             {"points_times", NULL, take_points_times},
             {"points_ppm", NULL, take_points_times},
             {"expiry", NULL, take_expiry},
             {"group_buy", NULL, take_group},
             {"bargain", NULL, take_bargain}};
#define HEADS (sizeof(heads) / sizeof(heads[0]))

/* Keys that explain another one, and mean nothing alone. */
static const char *const helpers[][2] = {
    {"free", "buy nth"}, {"spend", "save gift"}, {"repeats", "save"}, {"pieces", "gift get"}, {NULL, NULL}};

/* 1 when one of the keys in `names` ("buy nth") is there. */
static int has_one_of(const struct script_reader *reader, const char *names) {
    char name[24];
    size_t len;
    for (; *names; names += len + (names[len] == ' ')) {
        len = strcspn(names, " ");
        memcpy(name, names, len);
        name[len] = '\0';
        if (script_read_has(reader, name)) return 1;
    }
    return 0;
}

static void check_helpers(const struct script_reader *reader) {
    uint32_t i;
    for (i = 0; helpers[i][0]; i++) {
        const char *with = helpers[i][1], *second = strchr(with, ' ');
        if (!script_read_has(reader, helpers[i][0]) || has_one_of(reader, with)) continue;
        if (second != NULL)
            script_complain(reader, "%s goes with %.*s or %s, which is not there", helpers[i][0], (int)(second - with), with, second + 1);
        script_complain(reader, "%s goes with %s, which is not there", helpers[i][0], with);
    }
}

void script_takes_read(struct script_taking *taking) {
    const struct script_reader *reader = &taking->reader;
    const struct head *found = NULL;
    size_t i;
    for (i = 0; i < HEADS; i++) {
        if (!script_read_has(reader, heads[i].key)) continue;
        if (heads[i].with != NULL && has_one_of(reader, heads[i].with)) continue;
        if (found != NULL)
            script_complain(reader, "give one of the ways to take something off, not several: here are %s and %s", found->key,
                            heads[i].key);
        found = &heads[i];
    }
    check_helpers(reader);
    if (found == NULL) return;
    taking->takes->shape = SCRIPT_SHAPE_LINES;
    found->read(taking);
}

/* Only what comes in groups comes so many times; elsewhere it would be a promise that nobody keeps. */
static void read_times(const struct script_reader *reader, struct mx_offer *offer) {
    int32_t kind = offer->kind;
    if (!script_read_int(reader, "times", 1, 1000000, &offer->times)) return;
    if (kind != 0 && kind != MX_OFFER_BUY_PAY && kind != MX_OFFER_BUNDLE && kind != MX_OFFER_SPEND_SAVE)
        script_complain(reader, "times goes with buy and pay, nth, bundle, mix, gift, get or save; of anything else, limit bounds the "
                                "pieces, like limit = {units_member = 1}");
}

void script_takes_options(struct script_taking *taking) {
    const struct script_reader *reader = &taking->reader;
    struct mx_offer *offer = taking->offer;
    struct mx_str group;
    if (script_read_text(reader, "group", 64, &group)) {
        char *copy = taking->alloc(taking->alloc_arg, (size_t)group.len + 1);
        memcpy(copy, group.ptr, (size_t)group.len + 1);
        offer->group = mx_str_n(copy, group.len);
    }
    if (script_read_true(reader, "exclusive")) offer->exclusive = 1;
    if (script_read_true(reader, "below_cost")) offer->below_cost = 1;
    read_times(reader, offer);
    script_read_int(reader, "max_unit", 1, MX_INT_MAX, &offer->max_unit);
    script_read_int(reader, "max_line", 1, MX_INT_MAX, &offer->max_line);
    script_read_int(reader, "max_off", 1, MX_INT_MAX, &offer->max_off);
    script_read_int(reader, "min_total", 1, MX_INT_MAX, &offer->min_total);
    script_read_int(reader, "priority", 0, 1000000, &offer->priority);
}
