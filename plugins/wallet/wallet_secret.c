/* Codes of new cards: sealed until they are shown, once, and destroyed when nobody fetches them. */
#include "internal.h"
#include "ops.h"
#include "wire.h"

#define CODE_WAITS_MS INT64_C(86400000)

mx_status wallet_secret_put(struct mx_ctx *ctx, struct mx_str id, struct mx_str plain, int64_t page) {
    struct wallet_secret probe = {.id = id}, *secret = NULL;
    mx_status st = mx_get(ctx, &wallet_secrets, &probe, &secret);
    if (st < 0) return st;
    if (st == MX_OK)
        probe = *secret;
    else
        probe.by = ctx->identity->principal(ctx);
    probe.sealed = mx_seal(ctx, plain, id);
    probe.page = page;
    probe.rec.has = UINT64_MAX;
    return mx_put(ctx, &wallet_secrets, &probe);
}

mx_status wallet_secret_get(struct mx_ctx *ctx, struct mx_str id, struct wallet_secret **secret, struct mx_str *plain) {
    const struct wallet_secret probe = {.id = id};
    mx_status st = mx_get(ctx, &wallet_secrets, &probe, secret);
    return st == MX_OK ? mx_unseal(ctx, (*secret)->sealed, id, plain) : st;
}

mx_status wallet_secret_burn(struct mx_ctx *ctx, struct mx_str id) {
    const struct wallet_secret probe = {.id = id};
    mx_status st = mx_delete(ctx, &wallet_secrets, &probe);
    return st == MX_NONE ? MX_OK : st;
}

mx_status wallet_code_give(struct mx_ctx *ctx, struct wallet_account *account) {
    const struct wallet_ask ask = {account->id};
    uint8_t random[WALLET_CODE_RANDOM];
    char code[WALLET_CODE_LEN];
    struct mx_str body;
    mx_status st;
    mx_random(ctx, random, sizeof(random));
    wallet_code_make(random, code);
    account->code = wallet_code_hash(ctx, code);
    account->label = mx_dup(ctx, mx_str_n(code + WALLET_CODE_LEN - WALLET_LABEL_LEN, WALLET_LABEL_LEN));
    st = wallet_secret_put(ctx, account->id, mx_str_n(code, sizeof(code)), 0);
    if (st == MX_OK) st = ctx->op->encode(ctx, &wallet_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, ctx->expiry_ms + CODE_WAITS_MS, wallet_forget_op.name, account->id, body) : st;
}

/* Only whoever sold the card fetches its code, or who manages cards: the id of a card stands on receipts. */
static mx_status may_fetch(struct mx_ctx *ctx, const struct wallet_secret *secret) {
    if (mx_str_eq(secret->by, ctx->identity->principal(ctx)) || mx_allowed(ctx, WALLET_MAY_MANAGE)) return MX_OK;
    return mx_fail(ctx, MX_E_FORBIDDEN, "account", "Somebody else sold this card; only they may fetch its code.");
}

static mx_status reveal_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_ask *ask = in;
    struct wallet_revealed *revealed = out;
    struct wallet_secret *secret = NULL;
    struct mx_str plain;
    char *text = mx_alloc(ctx, WALLET_CODE_TEXT);
    mx_status st = wallet_secret_get(ctx, ask->account, &secret, &plain);
    if (st == MX_NONE)
        return mx_fail(
            ctx, MX_E_NOT_FOUND, "account",
            "No code of that card waits to be shown: it was shown already, or it waited too long. wallet.reissue makes a new one.");
    if (st == MX_OK) st = may_fetch(ctx, secret);
    if (st == MX_OK && plain.len != WALLET_CODE_LEN) st = mx_fail(ctx, MX_E_DAMAGED, NULL, "The code that waits cannot be read.");
    if (st == MX_OK) st = wallet_secret_burn(ctx, ask->account);
    if (st != MX_OK) return st;
    wallet_code_print(plain.ptr, text);
    revealed->account = ask->account;
    revealed->code = mx_str_of(text);
    return MX_OK;
}

static mx_status forget_handler(struct mx_ctx *ctx, const void *in, void *out) {
    (void)out;
    return wallet_secret_burn(ctx, ((const struct wallet_ask *)in)->account);
}

const struct mx_op wallet_reveal_op = WALLET_OP(MX_OP_QUERY | MX_OP_BURNS, "wallet.card.reveal", "Show the code of a new gift card, once.",
                                                WALLET_MAY_LOAD, &wallet_ask_type, &wallet_revealed_type, reveal_handler, NULL);
const struct mx_op wallet_forget_op = WALLET_OP(MX_OP_INTERNAL, "wallet.card.forget", "Destroy a code that nobody fetched.", NULL,
                                                &wallet_ask_type, NULL, forget_handler, NULL);
