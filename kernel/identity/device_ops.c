/* Devices, as operations: enrolled by a manager with a code that is typed in once at the till, listed, taken back. */
#include "base/text.h"
#include "identity/internal.h"

#define CODE_CHARS   12
#define CODE_WAIT_MS (INT64_C(15) * 60 * 1000)

/* ---- types ---- */

struct device_enrol {
    struct mx_str till;
    struct mx_str location;
};
static const struct mx_field device_enrol_fields[] = {
    MX_F_STR(device_enrol, till, MX_REQUIRED, 1, 31, "code of the till"),
    MX_F_STR(device_enrol, location, MX_REQUIRED, 1, 64, "where it stands"),
};
MX_TYPE(device_enrol, "identity.device.enrol", "a device that is to come");

struct device_ask {
    struct mx_str id;
};
static const struct mx_field device_ask_fields[] = {MX_F_ID(device_ask, id, MX_REQUIRED, "dev", "the device's id")};
MX_TYPE(device_ask, "identity.device.ask", "a device by its id");

struct device_wire {
    struct mx_str id;
    struct mx_str principal;
    struct mx_str till;
    struct mx_str location;
    int64_t created;
    int64_t claimed;
    int64_t revoked;
};
static const struct mx_field device_wire_fields[] = {
    MX_F_ID(device_wire, id, 0, "dev", "id"),
    MX_F_ID(device_wire, principal, 0, "pri", "as whom it calls"),
    MX_F_STR(device_wire, till, 0, 0, 31, "code of the till"),
    MX_F_STR(device_wire, location, 0, 0, 64, "where it stands"),
    MX_F_TIME(device_wire, created, 0, "when"),
    MX_F_TIME(device_wire, claimed, 0, "when it brought its key; 0 = not yet"),
    MX_F_TIME(device_wire, revoked, 0, "when it was taken back; 0 = in force"),
};
MX_TYPE(device_wire, "identity.device", "a device");

struct device_answer {
    struct device_wire *device;
};
static const struct mx_field device_answer_fields[] = {MX_F_STRUCT(device_answer, device, 0, device_wire_type, "the device")};
MX_TYPE(device_answer, "identity.device.answer", "a device");

struct device_code {
    struct mx_str id;
    struct mx_str code;
};
static const struct mx_field device_code_fields[] = {
    MX_F_ID(device_code, id, 0, "dev", "id"),
    MX_F_STR(device_code, code, 0, 0, 32, "to be typed in at the till within a quarter of an hour; it is shown this once"),
};
MX_TYPE(device_code, "identity.device.code", "the code of a device that is to come");

struct device_claim {
    struct mx_str code;
    struct mx_str public_key;
};
static const struct mx_field device_claim_fields[] = {
    MX_F_STR(device_claim, code, MX_REQUIRED | MX_SECRET, 1, 32, "the code; case, spaces and dashes do not matter"),
    MX_F_STR(device_claim, public_key, MX_REQUIRED, 43, 43, "Ed25519 public key, base64url"),
};
MX_TYPE(device_claim, "identity.device.claim", "a device brings its key");

struct device_claimed {
    struct device_wire *device;
    struct mx_str shop;
};
static const struct mx_field device_claimed_fields[] = {
    MX_F_STRUCT(device_claimed, device, 0, device_wire_type, "the device"),
    MX_F_STR(device_claimed, shop, 0, 0, 32, "name of the shop's keys, which stands in everything that the device signs"),
};
MX_TYPE(device_claimed, "identity.device.claimed", "a device that belongs to the shop");

struct device_list {
    struct mx_list devices;
};
static const struct mx_field device_list_fields[] = {MX_F_LIST(device_list, devices, 0, 0, IDENTITY_PAGE_MAX, device_wire_type, "devices")};
MX_TYPE(device_list, "identity.devices", "devices");

/* ---- enrolling ---- */

static void to_wire(const struct identity_device *device, struct device_wire *wire) {
    wire->id = device->id;
    wire->principal = device->principal;
    wire->till = device->till;
    wire->location = device->location;
    wire->created = device->created;
    wire->claimed = device->claimed;
    wire->revoked = device->revoked;
}

static mx_status answer(struct mx_ctx *ctx, const struct identity_device *device, void *out) {
    struct device_answer *to = out;
    to->device = mx_alloc(ctx, sizeof(*to->device));
    to_wire(device, to->device);
    return MX_OK;
}

static struct mx_str hash_code(struct mx_ctx *ctx, struct mx_str code) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_hash(identity_of(ctx)->token_key, "enrol", 5, code.ptr, code.len, NULL, 0, hash, sizeof(hash));
    return crypto_base64(store_view_arena(identity_view(ctx)), hash, sizeof(hash));
}

/* Sixty random bits, in letters that nobody mistakes for others. */
static struct mx_str new_code(struct mx_ctx *ctx) {
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t bytes[CODE_CHARS];
    char *text = mx_alloc(ctx, CODE_CHARS + 1);
    uint32_t i;
    crypto_random(bytes, sizeof(bytes));
    for (i = 0; i < CODE_CHARS; i++) text[i] = letters[bytes[i] % 32];
    crypto_wipe(bytes, sizeof(bytes));
    return mx_str_n(text, CODE_CHARS);
}

static mx_status make_principal(struct mx_ctx *ctx, const struct device_enrol *ask, struct identity_device *device) {
    struct identity_member member = {0};
    mx_status st = mx_new_id(ctx, "pri", &member.id);
    if (st != MX_OK) return st;
    member.name = ask->till;
    member.role = mx_str_of("till");
    member.created = ctx->now_ms;
    member.locations = mx_list_new(ctx, 1, sizeof(struct mx_str));
    *(struct mx_str *)member.locations.items = ask->location;
    device->principal = member.id;
    st = mx_put(ctx, &identity_members, &member);
    return st == MX_OK ? identity_changed(identity_view(ctx), NULL) : st;
}

static mx_status plan_expiry(struct mx_ctx *ctx, struct mx_str id) {
    struct device_ask ask = {id};
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &device_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, ctx->expiry_ms + CODE_WAIT_MS, "identity.device.expire", id, body) : st;
}

static mx_status enrol(struct mx_ctx *ctx, const void *in, void *out) {
    const struct device_enrol *ask = in;
    struct identity_device device = {0};
    struct mx_str code = new_code(ctx);
    mx_status st = MX_OK;
    if (!base_code_valid(ask->till, 31)) st = mx_fail(ctx, MX_E_BAD_INPUT, "till", "A till's code is made of letters, digits and . _ -.");
    if (st == MX_OK && !base_code_valid(ask->location, 64)) st = mx_fail(ctx, MX_E_BAD_INPUT, "location", "This is not a location's code.");
    if (st == MX_OK) st = mx_new_id(ctx, "dev", &device.id);
    if (st == MX_OK) st = make_principal(ctx, ask, &device);
    if (st != MX_OK) return st;
    device.till = ask->till;
    device.location = ask->location;
    device.created = ctx->now_ms;
    device.code = hash_code(ctx, code);
    device.code_until = identity_now(identity_of(ctx)) + CODE_WAIT_MS;
    st = mx_put(ctx, &identity_devices, &device);
    if (st == MX_OK) st = identity_fresh_put(ctx, device.id, code);
    if (st == MX_OK) st = plan_expiry(ctx, device.id);
    crypto_wipe((void *)(uintptr_t)code.ptr, code.len);
    return st == MX_OK ? answer(ctx, &device, out) : st;
}

static mx_status out_of_reach(struct mx_ctx *ctx) {
    return mx_fail(ctx, MX_E_FORBIDDEN, "id", "This device stands at a location that you may not act for.");
}

static mx_status show_code(struct mx_ctx *ctx, const void *in, void *out) {
    struct device_code *shown = out;
    struct identity_device probe = {0}, *device = NULL;
    mx_status st;
    shown->id = probe.id = ((const struct device_ask *)in)->id;
    st = mx_get(ctx, &identity_devices, &probe, &device);
    if (st == MX_OK && !ctx->identity->in_scope(ctx, device->location)) return out_of_reach(ctx);
    if (st != MX_OK && st != MX_NONE) return st;
    return identity_fresh_take(ctx, shown->id, "There is no code for this device: it was shown already, or it waited too long.",
                               &shown->code);
}

static mx_status expire_code(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity_fresh probe = {0};
    mx_status st;
    (void)out;
    probe.id = ((const struct device_ask *)in)->id;
    st = mx_delete(ctx, &identity_fresh_keys, &probe);
    return st == MX_NONE ? MX_OK : st;
}

/* ---- claiming ---- */

/* As people type it: small letters, spaces, dashes, O for 0, I and L for 1. */
static struct mx_str clean_code(struct mx_ctx *ctx, struct mx_str typed) {
    char *text = mx_alloc(ctx, typed.len + 1);
    uint32_t i, len = 0;
    for (i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (c == ' ' || c == '-') continue;
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
        text[len++] = c;
    }
    return mx_str_n(text, len);
}

/* A device whose answer was lost asks again with the same code and key, and hears the same. */
static mx_status claim(struct mx_ctx *ctx, const void *in, void *out) {
    const struct device_claim *ask = in;
    struct device_claimed *claimed = out;
    struct identity_device probe = {0}, *device = NULL;
    struct base_arena *arena = store_view_arena(identity_view(ctx));
    uint8_t *key = NULL;
    size_t len = 0;
    mx_status st;
    if (!crypto_unbase64(arena, ask->public_key, &key, &len) || len != CRYPTO_SIGN_PUBLIC)
        return mx_fail(ctx, MX_E_BAD_INPUT, "public_key", "This is not an Ed25519 public key in base64url.");
    st = identity_guess(ctx, &identity_by_code, mx_str_n(NULL, 0), identity_remote(ctx));
    probe.code = hash_code(ctx, clean_code(ctx, ask->code));
    if (st == MX_OK) st = mx_find(ctx, &identity_devices, "code", &probe, &device);
    if (st == MX_NONE || (st == MX_OK && (device->revoked || identity_now(identity_of(ctx)) >= device->code_until)))
        return mx_fail(ctx, MX_E_NOT_FOUND, "code", "No device waits for this code: it is mistyped, or its quarter of an hour is over.");
    if (st != MX_OK) return st;
    if (device->claimed && !mx_str_eq(device->public_key, ask->public_key))
        return mx_refuse(ctx, "code_used", "code", "Another device brought its key with this code already.");
    identity_guessed(ctx, &identity_by_code, mx_str_n(NULL, 0), identity_remote(ctx));
    if (!device->claimed) {
        device->claimed = ctx->now_ms;
        device->public_key = ask->public_key;
        st = mx_put(ctx, &identity_devices, device);
    }
    claimed->device = mx_alloc(ctx, sizeof(*claimed->device));
    to_wire(device, claimed->device);
    claimed->shop = identity_shop_name(identity_of(ctx), arena);
    return st;
}

/* ---- listing, taking back ---- */

static mx_status list_devices(struct mx_ctx *ctx, const void *in, void *out) {
    struct device_list *list = out;
    struct identity_device *device = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &identity_devices, NULL, NULL, &scan);
    (void)in;
    list->devices = mx_list_new(ctx, IDENTITY_PAGE_MAX, sizeof(struct device_wire));
    list->devices.count = 0;
    while (st == MX_OK && list->devices.count < IDENTITY_PAGE_MAX && (st = mx_scan_next(ctx, scan, &device)) == MX_OK)
        if (ctx->identity->in_scope(ctx, device->location)) to_wire(device, mx_list_at(&list->devices, list->devices.count++));
    return st == MX_DONE ? MX_OK : st;
}

static mx_status revoke(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity_device probe = {0}, *device = NULL;
    struct identity_member *member = NULL;
    struct mx_str none = {NULL, 0};
    mx_status st;
    probe.id = ((const struct device_ask *)in)->id;
    st = mx_get(ctx, &identity_devices, &probe, &device);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such device.");
    if (st != MX_OK || device->revoked) return st == MX_OK ? answer(ctx, device, out) : st;
    if (!ctx->identity->in_scope(ctx, device->location)) return out_of_reach(ctx);
    device->revoked = ctx->now_ms;
    device->code = none;
    st = mx_put(ctx, &identity_devices, device);
    if (st == MX_OK) st = identity_member_find(ctx, device->principal, &member);
    if (st == MX_OK) {
        member->disabled = 1;
        st = mx_put(ctx, &identity_members, member);
    }
    if (st == MX_OK) st = identity_sessions_end(identity_view(ctx), "device", device->id, none, NULL);
    if (st == MX_OK) st = identity_changed(identity_view(ctx), NULL);
    return st == MX_OK ? answer(ctx, device, out) : st;
}

#define DEVICES "identity.devices"
const struct mx_op identity_op_device_enrol =
    IDENTITY_OP(0, "identity.device.enrol", "Expect a new device; fetch its code with identity.device.code.", DEVICES, &device_enrol_type,
                &device_answer_type, enrol, NULL);
const struct mx_op identity_op_device_code =
    IDENTITY_OP(MX_OP_QUERY | MX_OP_BURNS, "identity.device.code", "Show the code of a device that is to come, once.", DEVICES,
                &device_ask_type, &device_code_type, show_code, NULL);
const struct mx_op identity_op_device_claim =
    IDENTITY_OP(MX_OP_QUERY | MX_OP_BURNS | MX_OP_PUBLIC, "identity.device.claim", "Bring the device's public key, with its code.", NULL,
                &device_claim_type, &device_claimed_type, claim, NULL);
const struct mx_op identity_op_device_list =
    IDENTITY_OP(MX_OP_QUERY, "identity.device.list", "Devices of the shop.", DEVICES, NULL, &device_list_type, list_devices, NULL);
const struct mx_op identity_op_device_revoke = IDENTITY_OP(0, "identity.device.revoke", "Take a device back; its sessions end.", DEVICES,
                                                           &device_ask_type, &device_answer_type, revoke, NULL);
const struct mx_op identity_op_device_expire = IDENTITY_OP(MX_OP_INTERNAL, "identity.device.expire", "Forget a code that nobody fetched.",
                                                           NULL, &device_ask_type, NULL, expire_code, NULL);
