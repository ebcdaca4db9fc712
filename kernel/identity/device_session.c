/* A device proves that it is the one that was enrolled: it signs what the shop gave it a moment ago. */
#include "base/clock.h"
#include "base/text.h"
#include "identity/internal.h"

#define NONCE_BYTES   40u /* steady time, 16 random bytes, 16 bytes of a keyed hash over both and the device */
#define NONCE_LIVE_US INT64_C(60000000)

/* ---- types ---- */

struct challenge_ask {
    struct mx_str device;
};
static const struct mx_field challenge_ask_fields[] = {MX_F_ID(challenge_ask, device, MX_REQUIRED, "dev", "the device's id")};
MX_TYPE(challenge_ask, "identity.device.challenge", "a device that wants to prove itself");

struct challenge {
    struct mx_str nonce;
    struct mx_str shop;
};
static const struct mx_field challenge_fields[] = {
    MX_F_STR(challenge, nonce, 0, 0, 64, "to be signed within a minute"),
    MX_F_STR(challenge, shop, 0, 0, 32, "name of the shop's keys; a device signs only for the shop that it belongs to"),
};
MX_TYPE(challenge, "identity.device.challenged",
        "what the device is to sign: \"merx-device-open/1\", shop, device and nonce, a line feed between");

struct device_open {
    struct mx_str device;
    struct mx_str nonce;
    struct mx_str signature;
};
static const struct mx_field device_open_fields[] = {
    MX_F_ID(device_open, device, MX_REQUIRED, "dev", "the device's id"),
    MX_F_STR(device_open, nonce, MX_REQUIRED, 1, 64, "from identity.device.challenge"),
    MX_F_STR(device_open, signature, MX_REQUIRED, 86, 86, "Ed25519 signature, base64url"),
};
MX_TYPE(device_open, "identity.device.open", "a device proves itself");

/* ---- nonces: nothing is kept of them until one was used. They are made by one run of the program, on its steady clock, so
 * that no setting of the other clock keeps a till out ---- */

static void seal_nonce(const struct identity *identity, struct mx_str device, uint8_t nonce[NONCE_BYTES]) {
    crypto_hash(identity->challenge_key, "challenge", 9, device.ptr, device.len, nonce, 24, nonce + 24, 16);
}

static int64_t nonce_time(const uint8_t *nonce) {
    uint64_t at = 0;
    int i;
    for (i = 0; i < 8; i++) at |= (uint64_t)nonce[i] << (8 * i);
    return (int64_t)at;
}

static mx_status give_challenge(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity *identity = identity_of(ctx);
    struct base_arena *arena = store_view_arena(identity_view(ctx));
    struct challenge *challenge = out;
    uint8_t nonce[NONCE_BYTES];
    int64_t now_us = base_steady_us();
    int i;
    for (i = 0; i < 8; i++) nonce[i] = (uint8_t)((uint64_t)now_us >> (8 * i));
    crypto_random(nonce + 8, 16);
    seal_nonce(identity, ((const struct challenge_ask *)in)->device, nonce);
    challenge->nonce = crypto_base64(arena, nonce, sizeof(nonce));
    challenge->shop = identity_shop_name(identity, arena);
    return MX_OK;
}

struct mx_str identity_shop_name(const struct identity *identity, struct base_arena *arena) {
    uint8_t name[16];
    crypto_keys_name(identity->keys, name);
    return base_hex(arena, name, sizeof(name));
}

/* ---- opening ---- */

static mx_status no_proof(struct mx_ctx *ctx) {
    return mx_fail(ctx, MX_E_NO_KEY, NULL, "This does not prove the device; ask for a new challenge and sign it.");
}

/* The time of a nonce that this shop made for this device a moment ago; 0 when it is not that. */
static int64_t check_nonce(struct identity *identity, struct base_arena *arena, const struct device_open *ask) {
    uint8_t *nonce = NULL, made[NONCE_BYTES];
    size_t len = 0;
    int64_t now_us = base_steady_us(), at_us;
    if (!crypto_unbase64(arena, ask->nonce, &nonce, &len) || len != NONCE_BYTES) return 0;
    memcpy(made, nonce, 24);
    seal_nonce(identity, ask->device, made);
    if (!crypto_equal(made, nonce, NONCE_BYTES)) return 0;
    at_us = nonce_time(nonce);
    return at_us <= now_us && now_us - at_us <= NONCE_LIVE_US ? at_us : 0;
}

static int check_signature(struct mx_ctx *ctx, const struct identity_device *device, const struct device_open *ask) {
    struct base_arena *arena = store_view_arena(identity_view(ctx));
    struct mx_str shop = identity_shop_name(identity_of(ctx), arena), text;
    uint8_t *key = NULL, *signature = NULL;
    size_t key_len = 0, len = 0;
    if (!crypto_unbase64(arena, device->public_key, &key, &key_len) || key_len != CRYPTO_SIGN_PUBLIC) return 0;
    if (!crypto_unbase64(arena, ask->signature, &signature, &len) || len != CRYPTO_SIGNATURE) return 0;
    text = base_arena_printf(arena, "merx-device-open/1\n%.*s\n%.*s\n%.*s", (int)shop.len, shop.ptr, (int)ask->device.len, ask->device.ptr,
                             (int)ask->nonce.len, ask->nonce.ptr);
    return crypto_signature_check(key, text.ptr, text.len, signature);
}

static mx_status find_device(struct mx_ctx *ctx, struct mx_str id, struct identity_device **device) {
    struct identity_device probe = {0};
    mx_status st;
    probe.id = id;
    st = mx_get(ctx, &identity_devices, &probe, device);
    if (st == MX_NONE || (st == MX_OK && ((*device)->revoked || !(*device)->claimed))) return no_proof(ctx);
    return st;
}

static mx_status check_proof(struct mx_ctx *ctx, const void *in, void *out) {
    const struct device_open *ask = in;
    struct identity *identity = identity_of(ctx);
    struct identity_device *device = NULL;
    int64_t *at_us = mx_alloc(ctx, sizeof(*at_us));
    mx_status st = identity_guess(ctx, &identity_by_signature, ask->device, identity_remote(ctx));
    (void)out;
    if (st == MX_OK) st = find_device(ctx, ask->device, &device);
    if (st != MX_OK) return st;
    *at_us = check_nonce(identity, store_view_arena(identity_view(ctx)), ask);
    if (*at_us == 0 || !check_signature(ctx, device, ask)) return no_proof(ctx);
    identity_guessed(ctx, &identity_by_signature, ask->device, identity_remote(ctx));
    mx_keep(ctx, at_us);
    return MX_OK;
}

/* Each nonce counts once: none is taken that is not younger than the last. The session before ends, and what stood on it. */
static mx_status open_device(struct mx_ctx *ctx, const void *in, void *out) {
    const struct device_open *ask = in;
    const int64_t *at_us = mx_kept(ctx), run = identity_of(ctx)->run;
    struct identity_session session = {0};
    struct identity_settings settings;
    struct identity_device *device = NULL;
    mx_status st = find_device(ctx, ask->device, &device);
    if (st == MX_OK) st = identity_settings_read(identity_view(ctx), &settings);
    if (st != MX_OK) return st;
    if (!at_us || (device->run == run && *at_us <= device->opened)) return no_proof(ctx);
    device->opened = *at_us;
    device->run = run;
    st = mx_put(ctx, &identity_devices, device);
    if (st == MX_OK) st = identity_sessions_end(identity_view(ctx), "device", device->id, mx_str_n(NULL, 0), NULL);
    if (st != MX_OK) return st;
    session.principal = device->principal;
    session.kind = IDENTITY_BY_DEVICE;
    session.device = device->id;
    session.until = identity_now(identity_of(ctx)) + settings.device_hours * 3600000;
    return identity_session_answer(ctx, &session, mx_str_of("till"), out);
}

const struct mx_op identity_op_device_challenge =
    IDENTITY_OP(MX_OP_QUERY | MX_OP_PUBLIC, "identity.device.challenge", "Ask for something to sign.", NULL, &challenge_ask_type,
                &challenge_type, give_challenge, NULL);
const struct mx_op identity_op_device_open =
    IDENTITY_OP(MX_OP_QUERY | MX_OP_BURNS | MX_OP_PUBLIC, "identity.device.open", "Open the session of a device.", NULL, &device_open_type,
                &identity_opened_type, open_device, check_proof);
