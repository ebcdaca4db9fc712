#include "base/error.h"

#include <stdio.h>

struct entry {
    mx_status number;
    int http;
    const char *code;
    const char *text;
};

#define ENTRY(number, name, code, http, text) {number, http, code, text},
static const struct entry entries[] = {MX_ERROR_LIST(ENTRY)};
#undef ENTRY

static const struct entry *entry_of(mx_status status) {
    size_t i;
    for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (entries[i].number == status) return &entries[i];
    }
    return &entries[0]; /* MX_E_INTERNAL */
}

const char *base_status_code(mx_status status) { return status == MX_OK ? "ok" : entry_of(status)->code; }

const char *base_status_text(mx_status status) { return status == MX_OK ? "all is well" : entry_of(status)->text; }

int base_status_http(mx_status status) { return status == MX_OK ? 200 : entry_of(status)->http; }

/* Copy what fits, never half a character. */
static void copy_text(char *to, size_t size, const char *from) {
    size_t len = strlen(from);
    if (len >= size) len = size - 1;
    while (len && ((unsigned char)from[len] & 0xC0u) == 0x80u) len--;
    memcpy(to, from, len);
    to[len] = 0;
}

mx_status base_error_setv(struct mx_error *err, mx_status status, const char *code, const char *field, const char *file, int line,
                          const char *format, va_list args) {
    struct mx_error fresh; /* filled aside, because arguments may point into err's old text */
    char message[512];
    if (err == NULL) return status;
    memset(&fresh, 0, sizeof(fresh));
    vsnprintf(message, sizeof(message), format, args);
    fresh.status = status;
    fresh.file = file;
    fresh.line = line;
    copy_text(fresh.code, sizeof(fresh.code), code ? code : base_status_code(status));
    copy_text(fresh.field, sizeof(fresh.field), field ? field : "");
    copy_text(fresh.message, sizeof(fresh.message), message);
    *err = fresh;
    return status;
}

mx_status base_error_set(struct mx_error *err, mx_status status, const char *code, const char *field, const char *file, int line,
                         const char *format, ...) {
    va_list args;
    va_start(args, format);
    status = base_error_setv(err, status, code, field, file, line, format, args);
    va_end(args);
    return status;
}
