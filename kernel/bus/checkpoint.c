/* Checkpoints: what the head of the log was, signed, to be kept where nobody who can write to the log can write. */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "bus/internal.h"
#include "json/json.h"

struct checkpoint {
    uint64_t has;
    int64_t at;
    int64_t epoch;
    struct mx_str hash;
    struct mx_str node;
    int64_t seq;
    struct mx_str shop;
    struct mx_str signature;
};

static const struct mx_field checkpoint_fields[] = {
    MX_F_TIME(checkpoint, at, MX_REQUIRED, "when"),
    MX_F_INT(checkpoint, epoch, MX_REQUIRED, 1, MX_INT_MAX, "epoch of the node"),
    MX_F_STR(checkpoint, hash, MX_REQUIRED, 64, 64, "hash of the last entry, in hexadecimal"),
    MX_F_STR(checkpoint, node, MX_REQUIRED, 1, 64, "node that wrote it"),
    MX_F_INT(checkpoint, seq, MX_REQUIRED, 0, MX_INT_MAX, "number of the last entry"),
    MX_F_STR(checkpoint, shop, MX_REQUIRED, 32, 32, "public name of the shop's key"),
    MX_F_STR(checkpoint, signature, 0, 0, 128, "Ed25519 over the text without it, in base64"),
};
MX_TYPE_HAS(checkpoint, "log.checkpoint", "the head of the log, signed");

mx_status bus_checkpoint_init(struct bus *bus, const struct crypto_keys *keys) {
    uint8_t seed[CRYPTO_KEY_BYTES];
    crypto_keys_name(keys, bus->shop);
    crypto_keys_derive(keys, CRYPTO_FOR_SIGNING, seed);
    crypto_signing_pair(seed, bus->sign_public, bus->sign_secret);
    crypto_wipe(seed, sizeof(seed));
    return json_prepare(&checkpoint_type, NULL);
}

struct mx_str bus_checkpoint_key(const struct bus *bus, struct base_arena *arena) {
    return crypto_base64_padded(arena, bus->sign_public, sizeof(bus->sign_public));
}

static struct mx_str encode(struct base_arena *arena, struct checkpoint *checkpoint) {
    struct base_buf out;
    checkpoint->has = 0;
    MX_SET_HAS(checkpoint, checkpoint, at);
    MX_SET_HAS(checkpoint, checkpoint, epoch);
    MX_SET_HAS(checkpoint, checkpoint, seq);
    base_buf_init(&out, arena);
    json_encode(&out, &checkpoint_type, checkpoint, 0);
    return base_buf_view(&out);
}

mx_status bus_checkpoint_make(struct bus *bus, struct store_view *view, int64_t now_ms, struct mx_str *text) {
    struct base_arena *arena = store_view_arena(view);
    uint8_t hash[BUS_HASH_BYTES], signature[CRYPTO_SIGNATURE];
    struct checkpoint checkpoint = {0};
    struct mx_str plain;
    mx_status st = bus_head(bus, view, &checkpoint.seq, hash);
    if (st != MX_OK) return st;
    checkpoint.at = now_ms;
    checkpoint.epoch = bus->epoch;
    checkpoint.hash = base_hex(arena, hash, sizeof(hash));
    checkpoint.node = mx_str_of(bus->node);
    checkpoint.shop = base_hex(arena, bus->shop, sizeof(bus->shop));
    plain = encode(arena, &checkpoint);
    crypto_signature_make(bus->sign_secret, plain.ptr, plain.len, signature);
    checkpoint.signature = crypto_base64_padded(arena, signature, sizeof(signature));
    *text = encode(arena, &checkpoint);
    return MX_OK;
}

mx_status bus_checkpoint_read(struct bus *bus, struct base_arena *arena, struct mx_str text, struct bus_checkpoint *out,
                              struct mx_error *err) {
    struct checkpoint checkpoint = {0};
    uint8_t *signature = NULL, shop[16];
    struct mx_str plain;
    size_t len = 0;
    if (json_decode(arena, &checkpoint_type, text, JSON_WIRE, &checkpoint, NULL) != MX_OK || checkpoint.signature.len == 0)
        return base_fail(err, MX_E_DAMAGED, NULL, "This is no checkpoint.");
    if (!base_unhex(checkpoint.shop, shop, sizeof(shop)) || !crypto_equal(shop, bus->shop, sizeof(shop)))
        return base_fail(err, MX_E_DAMAGED, NULL, "This checkpoint is of another shop.");
    if (!crypto_unbase64_padded(arena, checkpoint.signature, &signature, &len) || len != CRYPTO_SIGNATURE ||
        !base_unhex(checkpoint.hash, out->hash, sizeof(out->hash)))
        return base_fail(err, MX_E_DAMAGED, NULL, "This is no checkpoint.");
    checkpoint.signature = mx_str_n(NULL, 0);
    plain = encode(arena, &checkpoint);
    if (!crypto_signature_check(bus->sign_public, plain.ptr, plain.len, signature))
        return base_fail(err, MX_E_DAMAGED, NULL, "This checkpoint was not signed by this shop.");
    out->node = checkpoint.node;
    out->epoch = checkpoint.epoch;
    out->seq = checkpoint.seq;
    out->at_ms = checkpoint.at;
    return MX_OK;
}

mx_status bus_checkpoint_compare(struct bus *bus, struct store_view *view, const struct bus_checkpoint *checkpoint,
                                 void (*found)(void *arg, const char *what), void *arg) {
    uint8_t hash[BUS_HASH_BYTES];
    struct store_span json;
    char what[200];
    int64_t head;
    mx_status st = bus_epoch_head(view, checkpoint->epoch, &head, hash);
    (void)bus;
    if (st == MX_E_DAMAGED) return MX_OK; /* the chain's own verification names a damaged head */
    if (st != MX_OK || checkpoint->seq == 0) return st;
    if (head < checkpoint->seq) {
        snprintf(what, sizeof(what),
                 "log entry %" PRId64 ": it is missing: the log ends before the signed checkpoint of entry %" PRId64 " of epoch %" PRId64,
                 head + 1, checkpoint->seq, checkpoint->epoch);
        found(arg, what);
        return MX_OK;
    }
    st = bus_entry_bytes(view, checkpoint->epoch, checkpoint->seq, hash, &json);
    if (st == MX_NONE || st == MX_E_DAMAGED) return MX_OK; /* the chain's own verification names it */
    if (st == MX_OK && !crypto_equal(hash, checkpoint->hash, sizeof(hash))) {
        snprintf(what, sizeof(what), "log entry %" PRId64 ": it is not the one that the signed checkpoint names", checkpoint->seq);
        found(arg, what);
    }
    return st;
}
