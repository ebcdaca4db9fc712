#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/way.h"

#define HEAD_MAX        65536u /* of an answer, with those before it (1xx) */
#define RETRY_AFTER_MAX (365 * 86400)

/* "Sun, 06 Nov 1994 08:49:37 GMT": seconds until then; 0 = past, or no date. */
static int64_t until_date(const char *text) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct base_civil civil = {0};
    char month[4];
    const char *found;
    int64_t left_ms;
    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", &civil.day, month, &civil.year, &civil.hour, &civil.minute,
               &civil.second) != 6)
        return 0;
    found = strlen(month) == 3 ? strstr(months, month) : NULL;
    if (found == NULL || (found - months) % 3 != 0 || civil.day < 1 || civil.day > 31 || civil.hour > 23 || civil.minute > 59) return 0;
    civil.month = (int32_t)(found - months) / 3 + 1;
    left_ms = base_civil_to_ms(NULL, &civil) - base_now_ms();
    return left_ms > 0 ? (left_ms + 999) / 1000 : 0;
}

static int64_t retry_after(const char *text) {
    int64_t s = 0;
    if (!base_parse_int(mx_str_of(text), &s)) s = until_date(text);
    return s < 0 ? 0 : s > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : s;
}

/* ---- what llhttp reports ---- */

static int on_message_begin(llhttp_t *parser) {
    struct net_reading *reading = parser->data;
    reading->retry_after_s = 0;
    reading->field_len = reading->value_len = 0;
    return 0;
}

static void append(char *to, size_t room, size_t *len, const char *at, size_t more) {
    if (*len + more >= room) more = room - 1 - *len;
    memcpy(to + *len, at, more);
    *len += more;
    to[*len] = '\0';
}

static int on_header_field(llhttp_t *parser, const char *at, size_t len) {
    struct net_reading *reading = parser->data;
    append(reading->field, sizeof(reading->field), &reading->field_len, at, len);
    return 0;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t len) {
    struct net_reading *reading = parser->data;
    append(reading->value, sizeof(reading->value), &reading->value_len, at, len);
    return 0;
}

static int on_header_value_complete(llhttp_t *parser) {
    struct net_reading *reading = parser->data;
    if (net_word(reading->field, (uint32_t)reading->field_len, "retry-after")) {
        while (reading->value_len > 0 && reading->value[reading->value_len - 1] == ' ') reading->value[--reading->value_len] = '\0';
        reading->retry_after_s = retry_after(reading->value);
    }
    reading->field_len = reading->value_len = 0;
    return 0;
}

static int on_headers_complete(llhttp_t *parser) {
    struct net_reading *reading = parser->data;
    if (parser->http_major != 1 || parser->http_minor > 1 || parser->status_code < 100 || parser->status_code > 599) return -1;
    if ((parser->flags & F_TRANSFER_ENCODING) && !(parser->flags & F_CHUNKED)) return -1; /* packed in a way we did not ask for */
    if (parser->status_code == 101) return -1;
    reading->in_body = parser->status_code / 100 != 1;
    if (reading->no_body || parser->status_code == 204 || parser->status_code == 304) return 1;
    if (reading->sink && parser->status_code == 200) return 0;
    reading->too_large = (parser->flags & F_CONTENT_LENGTH) && parser->content_length > reading->most;
    return reading->too_large ? -1 : 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t len) {
    struct net_reading *reading = parser->data;
    if (reading->sink && parser->status_code == 200) {
        reading->unwanted = reading->sink(reading->sink_arg, at, len) != 0;
        return reading->unwanted ? -1 : 0;
    }
    reading->too_large = len > reading->most - reading->body.len;
    if (reading->too_large) return -1;
    base_buf_add(&reading->body, at, len);
    return 0;
}

static int on_message_complete(llhttp_t *parser) {
    struct net_reading *reading = parser->data;
    if (parser->status_code / 100 == 1) return 0; /* the real answer comes after it */
    reading->complete = 1;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_message_begin = on_message_begin,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_header_value_complete = on_header_value_complete,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

void net_reading_init(struct net_reading *reading, struct base_arena *arena, size_t most, int no_body) {
    memset(reading, 0, sizeof(*reading));
    base_buf_init(&reading->body, arena);
    reading->most = most;
    reading->no_body = no_body;
    llhttp_init(&reading->parser, HTTP_RESPONSE, &settings);
    reading->parser.data = reading;
}

int net_reading_feed(struct net_reading *reading, const char *bytes, size_t len) {
    if (!reading->in_body) reading->head_bytes += len;
    if (llhttp_execute(&reading->parser, bytes, len) != HPE_OK && !reading->complete) return 0;
    return reading->complete || reading->in_body || reading->head_bytes <= HEAD_MAX;
}

int net_reading_end(struct net_reading *reading) {
    if (reading->in_body && !reading->complete) (void)llhttp_finish(&reading->parser);
    return reading->complete;
}
