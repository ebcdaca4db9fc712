/* Stored answers: a command sent twice with one key happens once. Written in the command's own write set, so that the
 * answer and its effects commit or vanish together.
 *
 * Two rows for each key. By the key's hash, small, because hashes fall on random pages: version (1 byte), time (8,
 * little-endian), hash of operation and body (16), status (4), HTTP status (2). By time and hash, so that it is written at
 * the end and found again when it grows old: a mark and the answer. */
#include "op/internal.h"

#define RECORD_VERSION 1
#define RECORD_BYTES   31u
#define KEY_BYTES      16u

static void store_le(uint8_t *at, uint64_t value, int bytes) {
    int i;
    for (i = 0; i < bytes; i++) at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t load_le(const uint8_t *at, int bytes) {
    uint64_t value = 0;
    int i;
    for (i = 0; i < bytes; i++) value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static struct store_span record_key(const struct op_ctx *ctx, const struct op_call *call, uint8_t key[KEY_BYTES]) {
    struct store_span span = {key, KEY_BYTES};
    crypto_hash(ctx->op->idem_key, call->principal.id, strlen(call->principal.id), call->key.ptr, call->key.len, NULL, 0, key, KEY_BYTES);
    return span;
}

/* Key of the row by time. */
static struct store_span age_key(const struct op_ctx *ctx, int64_t time_ms, const uint8_t key[KEY_BYTES]) {
    struct base_buf buf;
    struct store_span span;
    base_buf_init(&buf, ctx->arena);
    store_key_int(&buf, time_ms);
    base_buf_add(&buf, key, KEY_BYTES);
    span.ptr = (const uint8_t *)buf.ptr;
    span.len = buf.len;
    return span;
}

static mx_status unreadable(struct op_ctx *ctx) {
    return op_ctx_fail(ctx, MX_E_DAMAGED, "The stored answer of an earlier request cannot be read.");
}

/* MX_NONE: the key is new. MX_E_KEY_REUSED: it belongs to another request. */
mx_status op_idem_get(struct op_ctx *ctx, const struct op_call *call, struct op_stored *stored) {
    uint8_t key[KEY_BYTES];
    struct store_span value, answer;
    mx_status st = store_raw_get(ctx->view, STORE_SPACE_IDEM, record_key(ctx, call, key), &value);
    if (st != MX_OK) return op_ctx_error(ctx, st);
    if (value.len != RECORD_BYTES || value.ptr[0] != RECORD_VERSION) return unreadable(ctx);
    if (!crypto_equal(value.ptr + 9, call->body_hash, sizeof(call->body_hash)))
        return op_ctx_fail(ctx, MX_E_KEY_REUSED,
                           "This Idempotency-Key was used for another request before; make a new key for a new request.");
    st = store_raw_get(ctx->view, STORE_SPACE_IDEM_AGE, age_key(ctx, (int64_t)load_le(value.ptr + 1, 8), key), &answer);
    if (st == MX_NONE || (st == MX_OK && answer.len < 1)) return unreadable(ctx);
    if (st != MX_OK) return op_ctx_error(ctx, st);
    stored->status = (mx_status)(int32_t)load_le(value.ptr + 25, 4);
    stored->http_status = (int)load_le(value.ptr + 29, 2);
    stored->answer = mx_str_n((const char *)answer.ptr + 1, answer.len - 1);
    return MX_OK;
}

/* It counts from the later of the two times: while the clock stands after a jump, the time against which things expire may be
 * weeks back, and moves on at once when the jump is confirmed. */
mx_status op_idem_put(struct op_ctx *ctx, const struct op_call *call, const struct op_stored *stored) {
    uint8_t key[KEY_BYTES], record[RECORD_BYTES];
    struct store_span span = record_key(ctx, call, key), value = {record, sizeof(record)}, answer;
    int64_t kept_from_ms = ctx->pub.now_ms > ctx->pub.expiry_ms ? ctx->pub.now_ms : ctx->pub.expiry_ms;
    struct base_buf text;
    mx_status st;
    record[0] = RECORD_VERSION;
    store_le(record + 1, (uint64_t)kept_from_ms, 8);
    memcpy(record + 9, call->body_hash, sizeof(call->body_hash));
    store_le(record + 25, (uint64_t)(uint32_t)stored->status, 4);
    store_le(record + 29, (uint64_t)stored->http_status, 2);
    st = store_raw_put(ctx->view, STORE_SPACE_IDEM, span, value);
    if (st != MX_OK) return op_ctx_error(ctx, st);
    base_buf_init(&text, ctx->arena);
    base_buf_char(&text, '=');
    base_buf_str(&text, stored->answer);
    answer.ptr = (const uint8_t *)text.ptr;
    answer.len = text.len;
    return op_ctx_error(ctx, store_raw_put(ctx->view, STORE_SPACE_IDEM_AGE, age_key(ctx, kept_from_ms, key), answer));
}

static mx_status forget(struct op_ctx *ctx, struct store_span age, struct store_span key) {
    mx_status st = store_raw_del(ctx->view, STORE_SPACE_IDEM, key);
    if (st == MX_OK || st == MX_NONE) st = store_raw_del(ctx->view, STORE_SPACE_IDEM_AGE, age);
    return st == MX_NONE ? MX_OK : st;
}

/* One step of forgetting answers that are older than eight days; *found: how many. MX_DONE: none. */
mx_status op_idem_purge(struct op_ctx *ctx, void *arg) {
    struct store_span none = {NULL, 0}, keys[OP_STEP_RECORDS], value;
    uint32_t i, count = 0, *found = arg;
    struct store_walk *walk;
    mx_status st = store_walk_open(ctx->view, STORE_SPACE_IDEM_AGE, none, 0, &walk);
    while (st == MX_OK && count < OP_STEP_RECORDS) {
        struct store_span key = {NULL, 0}, rest;
        int64_t time_ms = 0;
        st = store_walk_next(walk, &key, &value);
        rest = key;
        if (st == MX_OK && (!store_key_take_int(&rest, &time_ms) || rest.len != KEY_BYTES)) st = MX_E_DAMAGED;
        if (st == MX_E_DAMAGED) {
            st = MX_OK; /* it must not keep the others for ever */
            continue;
        }
        if (st != MX_OK || time_ms + OP_IDEM_KEEP_MS >= ctx->pub.expiry_ms) break;
        keys[count++] = key;
    }
    if (st == MX_DONE) st = MX_OK;
    for (i = 0; st == MX_OK && i < count; i++) {
        struct store_span key = {keys[i].ptr + keys[i].len - KEY_BYTES, KEY_BYTES};
        st = forget(ctx, keys[i], key);
    }
    *found = count;
    if (st == MX_OK && count == 0) return MX_DONE;
    return op_ctx_error(ctx, st);
}
