/* Identifiers: one spelling for each value, and how they look to those who may not read them. */
#include "identity/internal.h"

static int in_words(const char *kind, const char *const *words) {
    while (*words && strcmp(*words, kind) != 0) words++;
    return *words != NULL;
}

static int printable(struct mx_str value) {
    uint32_t i;
    if (value.len == 0 || value.len > IDENTITY_VALUE_MAX || !base_utf8_valid(value)) return 0;
    for (i = 0; i < value.len; i++)
        if ((unsigned char)value.ptr[i] <= 0x20 || value.ptr[i] == 0x7f) return 0;
    return 1;
}

/* One "@" with something on both sides, and behind it words with dots between: more only the mail server knows. */
static int is_email(struct mx_str value) {
    const char *at = value.len ? memchr(value.ptr, '@', value.len) : NULL, *end = value.ptr + value.len, *c;
    int dots = 0;
    if (!printable(value) || !at || at == value.ptr || at + 1 == end || end[-1] == '.') return 0;
    for (c = at + 1; c < end; c++) {
        if (*c == '@' || (*c == '.' && (c[-1] == '.' || c[-1] == '@'))) return 0;
        dots += *c == '.';
    }
    return dots > 0;
}

/* "channel:number" */
static int is_account(struct mx_str value) {
    const char *colon = value.len ? memchr(value.ptr, ':', value.len) : NULL;
    return printable(value) && colon && colon != value.ptr && colon + 1 != value.ptr + value.len;
}

mx_status identity_normalise(struct base_arena *arena, const char *kind, struct mx_str value, struct mx_str country, struct mx_str *out,
                             struct mx_error *err) {
    static const char *const others[] = {"card", "openid", "device", "account", NULL};
    if (strcmp(kind, "phone") == 0) {
        if (base_phone_e164(arena, value, country, out)) return MX_OK;
        return base_fail(err, MX_E_BAD_INPUT, "phone", "This is not a phone number; write it as at home or with + and the country's code.");
    }
    if (strcmp(kind, "email") == 0) {
        if (!is_email(value)) return base_fail(err, MX_E_BAD_INPUT, "email", "This is not an e-mail address.");
        *out = base_lower_ascii(arena, value);
        return MX_OK;
    }
    if (!in_words(kind, others)) return base_fail(err, MX_E_BAD_INPUT, "kind", "Persons are not known by a thing of this kind.");
    if (!printable(value))
        return base_fail(err, MX_E_BAD_INPUT, kind, "This %s is empty, longer than %d bytes, or holds spaces or control characters.", kind,
                         IDENTITY_VALUE_MAX);
    if (strcmp(kind, "account") == 0 && !is_account(value))
        return base_fail(err, MX_E_BAD_INPUT, kind, "An account is written with its channel in front, like market:4711.");
    *out = base_arena_dup(arena, value);
    return MX_OK;
}

/* Enough to be recognised by who knows it, too little for who does not. */
struct mx_str identity_mask(struct base_arena *arena, const char *kind, struct mx_str value) {
    const char *at;
    if (strcmp(kind, "email") == 0 && (at = memchr(value.ptr, '@', value.len)) != NULL)
        return base_arena_printf(arena, "***%.*s", (int)(value.ptr + value.len - at), at);
    if ((strcmp(kind, "phone") == 0 || strcmp(kind, "card") == 0) && value.len >= 8)
        return base_arena_printf(arena, "***%.*s", 4, value.ptr + value.len - 4);
    return mx_str_of("***");
}
