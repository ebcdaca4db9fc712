/* Asking a whole rule set about one cart. */
#include "script/internal.h"

/* Copy what the offers of one rule share into the command's memory: the set may be replaced before the command ends. */
static void own_names(struct script_sale *sale) {
    const char *shared = NULL;
    struct mx_offer *first = NULL;
    uint32_t i, k;
    for (i = 0; i < sale->offer_count; i++) {
        struct mx_offer *offer = &sale->offers[i];
        if (first != NULL && offer->rule.ptr == shared) {
            offer->rule = first->rule;
            offer->name = first->name;
            continue;
        }
        shared = offer->rule.ptr;
        first = offer;
        offer->rule = mx_dup(sale->ctx, offer->rule);
        if (offer->name.count) {
            struct mx_list copy = mx_list_new(sale->ctx, offer->name.count, sizeof(struct mx_pair));
            for (k = 0; k < copy.count; k++) {
                const struct mx_pair *pair = mx_list_at(&offer->name, k);
                ((struct mx_pair *)copy.items)[k].key = mx_dup(sale->ctx, pair->key);
                ((struct mx_pair *)copy.items)[k].value = mx_dup(sale->ctx, pair->value);
            }
            offer->name = copy;
        }
    }
    for (i = 0; i < sale->fault_count; i++) sale->faults[i].rule = mx_dup(sale->ctx, sale->faults[i].rule);
}

void script_answer(struct mx_ctx *ctx, struct script_set *set, struct script_state *state, const struct mx_cart *cart,
                   struct mx_offers *out) {
    const struct script_rules *promotions = &set->of[SCRIPT_PROMOTION];
    struct script_sale sale;
    uint32_t i;
    memset(&sale, 0, sizeof(sale));
    sale.ctx = ctx;
    sale.set = set;
    sale.cart = cart;
    for (i = 0; i < promotions->count; i++) script_sale_ask(&sale, state, promotions->items[i]);
    own_names(&sale);
    memset(out, 0, sizeof(*out));
    out->offers.items = sale.offers;
    out->offers.count = sale.offer_count;
    out->offers.elem_size = sizeof(struct mx_offer);
    out->faults.items = sale.faults;
    out->faults.count = sale.fault_count;
    out->faults.elem_size = sizeof(struct mx_rule_fault);
    out->version = mx_dup(ctx, mx_str_of(set->version));
}
