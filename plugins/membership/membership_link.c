/* Join links: a text for a QR code that says where it hangs, which only this shop can have made. */
#include <stdio.h>
#include <stdlib.h>

#include "profile.h"

#define PREFIX     "mxj_"
#define MAC_BYTES  16u
#define MAC_DIGITS (2u * MAC_BYTES)
#define A_YEAR_MS  (INT64_C(365) * 24 * 3600000)

static void mac_of(struct mx_ctx *ctx, struct mx_str bytes, char digits[MAC_DIGITS + 1]) {
    static const char hex[] = "0123456789abcdef";
    uint8_t hash[MX_HASH_BYTES];
    uint32_t i;
    mx_keyed_hash(ctx, "join.link", bytes, hash);
    for (i = 0; i < MAC_BYTES; i++) {
        digits[2 * i] = hex[hash[i] >> 4];
        digits[2 * i + 1] = hex[hash[i] & 15];
    }
    digits[MAC_DIGITS] = 0;
}

static mx_status make_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_link_make *request = in;
    struct membership_link *link = out;
    char body[MEMBERSHIP_LINK_MAX], text[MEMBERSHIP_LINK_MAX], mac[MAC_DIGITS + 1];
    if (mx_str_is_blank(request->location) || memchr(request->location.ptr, '/', request->location.len))
        return mx_fail(ctx, MX_E_BAD_INPUT, "location", "The location of a link has no slash, and more than spaces.");
    if (request->campaign.len && !membership_is_code(request->campaign))
        return mx_fail(ctx, MX_E_BAD_INPUT, "campaign", "The code of a campaign has letters a-z, digits, underscores and dashes.");
    if (request->until && request->until <= ctx->now_ms) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "until", "This time is over.");
    link->until = request->until ? request->until : ctx->now_ms + A_YEAR_MS;
    snprintf(body, sizeof(body), "%lld_%s/%s", (long long)(link->until / 1000), mx_dup(ctx, request->location).ptr,
             request->campaign.len ? mx_dup(ctx, request->campaign).ptr : "");
    mac_of(ctx, mx_str_of(body), mac);
    if ((size_t)snprintf(text, sizeof(text), PREFIX "%s_%s", mac, body) >= sizeof(text))
        return mx_fail(ctx, MX_E_TOO_LARGE, "location", "This makes too long a link.");
    link->text = mx_dup(ctx, mx_str_of(text));
    return MX_OK;
}

/* The bytes of two texts of one length, compared without telling by time where they differ. */
static int same(const char *a, const char *b, size_t len) {
    unsigned char difference = 0;
    size_t i;
    for (i = 0; i < len; i++) difference |= (unsigned char)(a[i] ^ b[i]);
    return difference == 0;
}

mx_status membership_link_read(struct mx_ctx *ctx, struct mx_str text, struct membership_link_origin *origin) {
    const size_t head = sizeof(PREFIX) - 1 + MAC_DIGITS + 1;
    char mac[MAC_DIGITS + 1], *body, *place, *campaign;
    struct mx_str rest;
    int64_t until;
    if (text.len <= head || memcmp(text.ptr, PREFIX, sizeof(PREFIX) - 1) != 0)
        return mx_fail(ctx, MX_E_BAD_INPUT, "link", "This is no join link of this shop.");
    rest = mx_dup(ctx, mx_str_n(text.ptr + head, text.len - head));
    mac_of(ctx, rest, mac);
    if (!same(mac, text.ptr + sizeof(PREFIX) - 1, MAC_DIGITS))
        return mx_fail(ctx, MX_E_BAD_INPUT, "link", "This is no join link of this shop.");
    body = mx_alloc(ctx, (size_t)rest.len + 1);
    memcpy(body, rest.ptr, rest.len);
    until = strtoll(body, &place, 10) * 1000;
    if (until <= ctx->expiry_ms) return mx_refuse(ctx, "link_expired", "link", "This join link is over; ask for a new one.");
    campaign = strchr(++place, '/');
    if (!campaign) return mx_fail(ctx, MX_E_BAD_INPUT, "link", "This is no join link of this shop.");
    *campaign++ = 0;
    origin->location = mx_str_of(place);
    origin->campaign = mx_str_of(campaign);
    return MX_OK;
}

const struct mx_op membership_link_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.join.link",
    .doc = "Make a text for a QR code by which people join at this location.",
    .permission = "members.join",
    .in = &membership_link_make_type,
    .out = &membership_link_type,
    .handler = make_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
