/* What moved, for an export: all of it, or the newest of very many, which are all held in memory at once. */
#include "internal.h"

#define TOLD_MAX 50000

struct told {
    struct mx_list movements;
};

static const struct mx_field told_fields[] = {
    MX_F_LIST(told, movements, 0, 0, MX_INT_MAX, loyalty_history_row_type, "movements, the newest first"),
};
MX_TYPE(told, "loyalty.told", "how points of a member moved");

static void append(struct mx_ctx *ctx, struct mx_list *all, uint32_t *room, const struct mx_list *page) {
    size_t row = sizeof(struct loyalty_history_row);
    if (all->count + page->count > *room) {
        void *items = mx_alloc(ctx, ((size_t)all->count + page->count) * 2 * row);
        if (all->count) memcpy(items, all->items, all->count * row);
        all->items = items;
        *room = (all->count + page->count) * 2;
    }
    if (page->count) memcpy((char *)all->items + all->count * row, page->items, page->count * row);
    all->count += page->count;
}

mx_status loyalty_told_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_section_ask *ask = in;
    struct mx_section *section = out;
    struct loyalty_history_ask page_ask = {.member = ask->member, .limit = LOYALTY_PAGE_MAX};
    struct told told = {.movements = {NULL, 0, sizeof(struct loyalty_history_row)}};
    uint32_t room = 0;
    mx_status st = MX_OK;
    if (!ask->whole || !mx_allowed(ctx, "loyalty.read")) return MX_DECLINED;
    do {
        struct loyalty_history page = {.next = 0};
        st = loyalty_history_handler(ctx, &page_ask, &page);
        if (st != MX_OK) return st;
        append(ctx, &told.movements, &room, &page.movements);
        page_ask.before = page.next;
    } while (page_ask.before && told.movements.count < TOLD_MAX);
    section->name = mx_str_of("points_history");
    section->more = page_ask.before != 0;
    return ctx->op->encode(ctx, &told_type, &told, &section->data);
}
