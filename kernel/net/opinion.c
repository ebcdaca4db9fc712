#include <string.h>

#include "net/internal.h"

/* llhttp's spans must be exactly ours, in the same order. */
struct opinion {
    const struct net_message *message;
    const struct net_fields *fields;
    const char *bytes;
    const char *part; /* the span being collected */
    uint32_t part_len;
    uint32_t field;
    int differs, head_done, message_done;
};

static int collect(llhttp_t *parser, const char *at, size_t len) {
    struct opinion *opinion = parser->data;
    if (opinion->part == NULL) opinion->part = at;
    if (opinion->part + opinion->part_len != at) opinion->differs = 1;
    opinion->part_len += (uint32_t)len;
    return 0;
}

static int compare(struct opinion *opinion, struct net_span ours) {
    const char *part = opinion->part;
    uint32_t len = opinion->part_len;
    while (len > 0 && (part[len - 1] == ' ' || part[len - 1] == '\t')) len--;
    if (len != ours.len || (len > 0 && part != opinion->bytes + ours.at)) opinion->differs = 1;
    opinion->part = NULL;
    opinion->part_len = 0;
    return 0;
}

static int on_method_complete(llhttp_t *parser) {
    struct opinion *opinion = parser->data;
    return compare(opinion, opinion->message->method);
}

static int on_url_complete(llhttp_t *parser) {
    struct opinion *opinion = parser->data;
    return compare(opinion, opinion->message->target);
}

static int on_field_complete(llhttp_t *parser) {
    struct opinion *opinion = parser->data;
    if (opinion->field >= opinion->fields->count) return -1;
    return compare(opinion, opinion->fields->at[opinion->field].name);
}

static int on_value_complete(llhttp_t *parser) {
    struct opinion *opinion = parser->data;
    if (opinion->field >= opinion->fields->count) return -1;
    return compare(opinion, opinion->fields->at[opinion->field++].value);
}

static int on_headers_complete(llhttp_t *parser) {
    struct opinion *opinion = parser->data;
    const struct net_message *message = opinion->message;
    opinion->head_done = 1;
    if (parser->http_major != 1 || parser->http_minor != message->minor || parser->content_length != message->body_len ||
        (parser->flags & (F_CHUNKED | F_TRANSFER_ENCODING)) || opinion->field != opinion->fields->count ||
        (!llhttp_should_keep_alive(parser) && !message->close))
        opinion->differs = 1;
    return 0;
}

static int on_message_complete(llhttp_t *parser) {
    ((struct opinion *)parser->data)->message_done = 1;
    return 0;
}

static const llhttp_settings_t head_settings = {
    .on_url = collect,
    .on_method = collect,
    .on_header_field = collect,
    .on_header_value = collect,
    .on_body = collect,
    .on_headers_complete = on_headers_complete,
    .on_message_complete = on_message_complete,
    .on_url_complete = on_url_complete,
    .on_method_complete = on_method_complete,
    .on_header_field_complete = on_field_complete,
    .on_header_value_complete = on_value_complete,
};

/* An offered upgrade, which we do not take, makes llhttp stop behind the message: that is no error. */
static int read_all(llhttp_t *parser, struct opinion *opinion, const char *bytes, size_t len) {
    llhttp_errno_t rc;
    parser->data = opinion;
    rc = llhttp_execute(parser, bytes, len);
    parser->data = NULL;
    if (rc == HPE_PAUSED_UPGRADE) return opinion->message_done && llhttp_get_error_pos(parser) == bytes + len;
    return rc == HPE_OK;
}

int net_opinion_head(struct net_message *message, const char *bytes, uint32_t head_len, const struct net_fields *fields) {
    struct opinion opinion;
    memset(&opinion, 0, sizeof(opinion));
    opinion.message = message;
    opinion.fields = fields;
    opinion.bytes = bytes;
    llhttp_init(&message->parser, HTTP_REQUEST, &head_settings);
    if (!read_all(&message->parser, &opinion, bytes, head_len)) return 0;
    return opinion.head_done && !opinion.differs && opinion.message_done == (message->body_len == 0);
}

int net_opinion_body(struct net_message *message, const char *body) {
    struct opinion opinion;
    memset(&opinion, 0, sizeof(opinion));
    opinion.message = message;
    if (!read_all(&message->parser, &opinion, body, message->body_len)) return 0;
    return opinion.message_done && !opinion.differs && opinion.part == body && opinion.part_len == message->body_len;
}
