#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define MESSAGE_MAX 2048u

static _Atomic int level_now = BASE_LOG_INFO;
static _Atomic int format_now = BASE_LOG_TEXT;

void base_log_level(int level) { atomic_store(&level_now, level); }

void base_log_format(int format) { atomic_store(&format_now, format); }

int base_log_wanted(int level) { return level <= atomic_load(&level_now); }

static const char *level_word(int level) {
    static const char *const words[] = {"error", "warn", "info", "debug"};
    return level >= BASE_LOG_ERROR && level <= BASE_LOG_DEBUG ? words[level - 1] : "info";
}

/* Escape `text` into `out` (at least 6 bytes of room kept); returns the end. What is no UTF-8 stays as it is in text and
 * becomes \u00xx in JSON, so that every line can be read. */
static char *escape(const char *text, char *out, const char *limit, int json) {
    static const char hex[] = "0123456789abcdef";
    int all_ascii = json && !base_utf8_valid(mx_str_of(text));
    for (; *text && out + 6 < limit; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            *out++ = '\\';
            *out++ = (char)c;
        } else if (c == '\n') {
            *out++ = '\\';
            *out++ = 'n';
        } else if (c < 0x20 || c == 0x7f || (all_ascii && c > 0x7f)) {
            *out++ = '\\';
            *out++ = json ? 'u' : 'x';
            if (json) *out++ = '0', *out++ = '0';
            *out++ = hex[c >> 4];
            *out++ = hex[c & 15];
        } else {
            *out++ = (char)c;
        }
    }
    return out;
}

static int stamp(char *out, size_t size, int level, const char *room, int json) {
    const char *format = json ? "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\",\"level\":\"%s\",\"room\":\"%.32s\",\"msg\":\""
                              : "time=%04d-%02d-%02dT%02d:%02d:%02d.%03dZ level=%s room=%.32s msg=\"";
    struct base_civil t;
    base_civil_from_ms(NULL, base_now_ms(), &t);
    return snprintf(out, size, format, t.year, t.month, t.day, t.hour, t.minute, t.second, t.ms, level_word(level), room);
}

void base_log(int level, const char *room, const char *format, ...) {
    char message[MESSAGE_MAX], line[MESSAGE_MAX * 2];
    va_list args;
    char *at;
    ssize_t written;
    int json = atomic_load(&format_now) == BASE_LOG_JSON;
    if (!base_log_wanted(level)) return;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    at = line + stamp(line, sizeof(line), level, room, json);
    at = escape(message, at, line + sizeof(line) - 4, json);
    *at++ = '"';
    if (json) *at++ = '}';
    *at++ = '\n';
    /* one write a line: records of several threads do not mix */
    written = write(STDERR_FILENO, line, (size_t)(at - line));
    (void)written; /* a log that cannot be written has nowhere to say so */
}
