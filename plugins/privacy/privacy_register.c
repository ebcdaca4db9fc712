/* The register of processing: what is kept about people, what for, on what that rests, for how long, and who else gets it. */
#include "duties.h"

#include <stdarg.h>
#include <stdio.h>

const struct mx_use privacy_hooks_use = {"system.webhook.list", NULL, &privacy_hooks_type};

#define TEXT_MAX 900000u

struct page {
    char *bytes;
    size_t len;
};

static void MX_PRINTF(2, 3) line(struct page *page, const char *format, ...) {
    va_list args;
    int n;
    va_start(args, format);
    n = vsnprintf(page->bytes + page->len, TEXT_MAX - page->len, format, args);
    va_end(args);
    if (n > 0 && page->len + (size_t)n < TEXT_MAX) page->len += (size_t)n;
}

#define TEXT(s) (int)(s).len, (s).ptr ? (s).ptr : ""

static void write_kind(struct page *page, const struct privacy_kind *kind) {
    struct mx_str about = kind->about;
    if (about.len && about.ptr[about.len - 1] == '.') about.len--;
    line(page, "- %.*s (%.*s): %.*s. For %.*s, by %s.", TEXT(kind->name), TEXT(kind->kept_by), TEXT(about), TEXT(kind->purpose),
         kind->basis ? mx_basis_words[kind->basis - 1] : "none");
    if (kind->law_days) line(page, " Law: at least %lld days.", (long long)kind->law_days);
    if (kind->keep_days) line(page, " Deleted after %lld days.", (long long)kind->keep_days);
    line(page, kind->erased ? " Gone when the person is erased.\n"
                            : " Stays when the person is erased: nobody can tell any more whose it was.\n");
}

static void write_text(struct mx_ctx *ctx, struct privacy_register *all) {
    struct page page = {mx_alloc(ctx, TEXT_MAX), 0};
    uint32_t i;
    line(&page, "Purposes\n");
    for (i = 0; i < all->purposes.count; i++) {
        const struct privacy_purpose_view *purpose = mx_list_at(&all->purposes, i);
        line(&page, "- %.*s: rests on %s\n", TEXT(purpose->code), mx_basis_words[purpose->basis - 1]);
    }
    line(&page, "\nWhat is kept\n");
    for (i = 0; i < all->kinds.count; i++) write_kind(&page, mx_list_at(&all->kinds, i));
    line(&page, "\nWhere it stands\n- in the shop's own folder, on its own machine, in the country %.*s; copies are sealed\n",
         TEXT(all->country));
    line(&page, "\nWho else gets events (ids only)\n");
    for (i = 0; i < all->recipients.count; i++) {
        const struct privacy_recipient *recipient = mx_list_at(&all->recipients, i);
        line(&page, "- %.*s\n", TEXT(recipient->url));
    }
    if (all->recipients.count == 0) line(&page, "- nobody\n");
    if (all->idle_days)
        line(&page, "\nCustomers are forgotten %lld days after their last sale.\n", (long long)all->idle_days);
    else
        line(&page, "\nCustomers are kept until they or the shop ask for more.\n");
    all->text = mx_str_n(page.bytes, page.len);
}

static mx_status register_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct privacy_register *all = out;
    struct privacy_purposes_view purposes = {.purposes = {NULL, 0, 0}};
    struct privacy_hooks hooks = {.webhooks = {NULL, 0, 0}};
    mx_status st = privacy_purpose_list_handler(ctx, in, &purposes);
    if (st == MX_OK) st = privacy_kinds_of(ctx, &all->kinds, NULL);
    if (st == MX_OK) st = privacy_keep_days(ctx, mx_str_of(PRIVACY_IDLE), &all->idle_days);
    if (st == MX_OK) st = mx_call(ctx, &privacy_hooks_use, NULL, &hooks);
    if (st < 0) return st;
    all->at = ctx->now_ms;
    all->country = mx_shop_of(ctx)->country;
    all->purposes = purposes.purposes;
    all->recipients = hooks.webhooks;
    write_text(ctx, all);
    return MX_OK;
}

const struct mx_op privacy_register_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "privacy.register",
    .doc = "The register of processing: what is kept about people, why, how long, and who else gets it; with a text to read.",
    .permission = "privacy.register",
    .out = &privacy_register_type,
    .handler = register_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
