/* What is taken off groups of pieces: bundles, mix-and-match, gifts, buy X and get Y. */
#include "script/sale.h"

#define PIECES_MAX 1000
#define SLOTS_MAX  20

static struct mx_offer_slot *slots_new(struct script_taking *taking, uint32_t count) {
    struct mx_offer_slot *slots = taking->alloc(taking->alloc_arg, count * sizeof(*slots));
    memset(slots, 0, count * sizeof(*slots));
    taking->offer->kind = MX_OFFER_BUNDLE;
    taking->offer->slots.items = slots;
    taking->offer->slots.count = count;
    taking->offer->slots.elem_size = sizeof(*slots);
    taking->takes->shape = SCRIPT_SHAPE_SLOTS;
    return slots;
}

/* What one group costs, or what comes off it; a share of it falls on every slot. How many of the keys are there. */
static int read_together(const struct script_reader *reader, struct mx_offer *offer, int64_t *ppm) {
    int price = script_read_int(reader, "price", 1, MX_INT_MAX, &offer->amount);
    int amount = script_read_has(reader, "amount"), share = script_read_has(reader, "percent") || script_read_has(reader, "ppm");
    if (price + amount + share > 1) script_complain(reader, "give one of price, amount, percent and ppm, not several");
    offer->has_price = (uint8_t)price;
    script_read_int(reader, "amount", 1, MX_INT_MAX, &offer->amount);
    script_read_ppm(reader, ppm);
    return price + amount + share;
}

static int slot_is_priced(const struct mx_offer_slot *slot) { return slot->has_price || slot->ppm; }

/* What the pieces of a slot give by themselves. */
static void read_slot(const struct script_reader *reader, struct mx_offer_slot *slot) {
    slot->pieces = 1;
    script_read_int(reader, "pieces", 1, PIECES_MAX, &slot->pieces);
    slot->has_price = (uint8_t)script_read_int(reader, "price", 1, MX_INT_MAX, &slot->price);
    if (script_read_ppm(reader, &slot->ppm) && slot->has_price) script_complain(reader, "give one of percent, ppm and price, not several");
}

/* bundle = {price = 9900, {where = {sku = "A"}}, {where = {category = "tea"}, pieces = 2}} */
void script_bundle_read(struct script_taking *taking) {
    static const char shape[] = "{price = 9900, {where = {sku = \"A\"}, pieces = 1}, {where = {category = \"tea\"}, pieces = 2}}";
    static const char *const known[] = {"price", "amount", "percent", "ppm", NULL};
    static const char *const known_slot[] = {"where", "except", "lines", "pieces", "percent", "ppm", "price", NULL};
    struct script_inner list, inner;
    struct mx_offer_slot *slots;
    int64_t ppm = 0;
    uint32_t i, count;
    int together, alone = 0;
    script_enter(&taking->reader, "bundle", shape, &list);
    count = script_list_count(&list.reader, known, 1, SLOTS_MAX);
    together = read_together(&list.reader, taking->offer, &ppm);
    slots = slots_new(taking, count);
    for (i = 0; i < count; i++) {
        script_enter_item(&list.reader, i + 1, "{where = {sku = \"A\"}, pieces = 1}", &inner);
        script_read_known(&inner.reader, known_slot);
        read_slot(&inner.reader, &slots[i]);
        alone += slot_is_priced(&slots[i]);
        if (together && slot_is_priced(&slots[i]))
            script_complain(&inner.reader, "the bundle says already what is taken off: leave out percent, ppm and price here");
        slots[i].ppm += ppm;
        taking->fill(taking, &inner.reader, i);
        lua_pop(taking->reader.L, 1);
    }
    if (!together && !alone)
        script_complain(&list.reader, "it does not say what it takes off: price, amount or percent, of the bundle or of an entry");
    lua_pop(taking->reader.L, 1);
}

/* mix = {pieces = 3, price = 10000}: any pieces of what the promotion is on */
void script_mix_read(struct script_taking *taking) {
    static const char *const known[] = {"pieces", "price", "amount", "percent", "ppm", NULL};
    struct mx_offer_slot *slot = slots_new(taking, 1);
    struct script_inner inner;
    script_enter(&taking->reader, "mix", "{pieces = 3, price = 10000}", &inner);
    script_read_known(&inner.reader, known);
    if (!script_read_int(&inner.reader, "pieces", 1, PIECES_MAX, &slot->pieces))
        script_complain(&inner.reader, "pieces is missing, like mix = {pieces = 3, price = 10000}");
    if (!read_together(&inner.reader, taking->offer, &slot->ppm))
        script_complain(&inner.reader, "it does not say what it takes off: price, amount, percent or ppm");
    taking->fill(taking, NULL, 0);
    lua_pop(taking->reader.L, 1);
}

static void read_bought(struct script_taking *taking, struct mx_offer_slot *slots, const char *key) {
    if (!script_read_int(&taking->reader, "pieces", 1, PIECES_MAX, &slots[0].pieces))
        script_complain(&taking->reader, "%s needs pieces as well: how many must be bought", key);
    taking->fill(taking, NULL, 0);
}

static void need_goods(const struct script_reader *reader) {
    if (!script_read_has(reader, "where") && !script_read_has(reader, "lines"))
        script_complain(reader, "where is missing: which goods, like where = {sku = \"CUP\"}");
}

/* gift = {where = {sku = "CUP"}}, pieces = 2 or spend = 10000 */
void script_gift_read(struct script_taking *taking) {
    static const char *const known[] = {"where", "except", "lines", "pieces", NULL};
    struct mx_offer_slot *slots = slots_new(taking, 2);
    struct script_inner inner;
    int spend;
    slots[1].pieces = 1;
    slots[1].ppm = MX_PPM_ONE;
    script_enter(&taking->reader, "gift", "{where = {sku = \"CUP\"}}", &inner);
    script_read_known(&inner.reader, known);
    need_goods(&inner.reader);
    script_read_int(&inner.reader, "pieces", 1, PIECES_MAX, &slots[1].pieces);
    spend = script_read_int(&taking->reader, "spend", 1, MX_INT_MAX, &taking->takes->spend);
    if (spend && script_read_has(&taking->reader, "pieces")) script_complain(&taking->reader, "give one of pieces and spend, not several");
    if (spend) {
        taking->offer->kind = MX_OFFER_PERCENT;
        taking->offer->ppm = MX_PPM_ONE;
        taking->takes->shape = SCRIPT_SHAPE_GIFT;
        taking->takes->pieces = slots[1].pieces;
        slots[0].pieces = 1;
        taking->fill(taking, NULL, 0);
    } else {
        read_bought(taking, slots, "gift");
    }
    taking->fill(taking, &inner.reader, 1);
    lua_pop(taking->reader.L, 1);
}

/* get = {where = {category = "cup"}, percent = 50}, pieces = 2 */
void script_get_read(struct script_taking *taking) {
    static const char *const known[] = {"where", "except", "lines", "pieces", "percent", "ppm", "price", NULL};
    struct mx_offer_slot *slots = slots_new(taking, 2);
    struct script_inner inner;
    script_enter(&taking->reader, "get", "{where = {category = \"cup\"}, percent = 50}", &inner);
    script_read_known(&inner.reader, known);
    need_goods(&inner.reader);
    read_slot(&inner.reader, &slots[1]);
    if (!slot_is_priced(&slots[1])) script_complain(&inner.reader, "it does not say what it takes off: percent, ppm or price");
    read_bought(taking, slots, "get");
    taking->fill(taking, &inner.reader, 1);
    lua_pop(taking->reader.L, 1);
}
