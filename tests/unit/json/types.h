/* The types that the tests of this room share: one of each kind, nested, with and without masks, a record. */
#ifndef TESTS_UNIT_JSON_TYPES_H
#define TESTS_UNIT_JSON_TYPES_H

#include "merx/schema.h"

struct line {
    uint64_t has;
    struct mx_str sku;
    int64_t qty;
    int64_t price;
    struct mx_str reason;
};

static const struct mx_field line_fields[] = {
    MX_F_STR(line, sku, MX_REQUIRED, 1, 40, "article"),
    MX_F_QTY(line, qty, MX_REQUIRED, 1, MX_INT_MAX, "quantity"),
    MX_F_MONEY(line, price, 0, 0, 1000000, "price"),
    MX_F_STR(line, reason, 0, 0, 10, "why"),
};
MX_TYPE_HAS(line, "order.line", "a line");

struct address {
    struct mx_str city;
    struct mx_str street;
};

static const struct mx_field address_fields[] = {
    MX_F_STR(address, city, MX_REQUIRED, 1, 40, "city"),
    MX_F_STR(address, street, MX_PII, 0, 40, "street"),
};
MX_TYPE(address, "address", "where");

static const char *const state_words[] = {"open", "paid", "void", NULL};

/* Every kind, no mask. */
struct all {
    uint8_t flag;
    int64_t count;
    int64_t money;
    int64_t qty;
    int64_t ppm;
    int64_t at;
    struct mx_str text;
    struct mx_str note;
    struct mx_str id;
    struct mx_str any_id;
    int32_t state;
    struct mx_str ext;
    struct mx_list name;
    struct address *address;
    struct mx_list lines;
    struct mx_list tags;
    struct mx_str made_by;
};

static const struct mx_field all_fields[] = {
    MX_F_BOOL(all, flag, 0, "flag"),
    MX_F_INT(all, count, 0, -5, 5, "count"),
    MX_F_MONEY(all, money, 0, -MX_INT_MAX, MX_INT_MAX, "money"),
    MX_F_QTY(all, qty, 0, 0, MX_INT_MAX, "quantity"),
    MX_F_PPM(all, ppm, 0, 0, MX_PPM_ONE, "rate"),
    MX_F_TIME(all, at, 0, "when"),
    MX_F_STR(all, text, 0, 2, 5, "text"),
    MX_F_STR(all, note, MX_MULTILINE, 0, 20, "note"),
    MX_F_ID(all, id, 0, "ord", "id"),
    MX_F_ID(all, any_id, 0, NULL, "any id"),
    MX_F_ENUM(all, state, 0, state_words, "state"),
    MX_F_JSON(all, ext, 0, 30, "anything"),
    MX_F_MAP(all, name, 0, 0, 3, "names"),
    MX_F_STRUCT(all, address, 0, address_type, "address"),
    MX_F_LIST(all, lines, 0, 0, 5, line_type, "lines"),
    MX_F_STRS(all, tags, 0, 0, 3, "tags"),
    MX_F_STR(all, made_by, MX_READONLY, 0, 40, "set by the shop"),
};
MX_TYPE(all, "all", "every kind");

/* A record. */
struct thing {
    struct mx_rec rec;
    struct mx_str sku;
    int64_t price;
    int32_t state;
    struct mx_str person;
    struct mx_str phone;
    struct mx_list mails;
    int64_t born;
    struct mx_list lines;
};

static const struct mx_field thing_fields[] = {
    MX_F_STR(thing, sku, MX_REQUIRED, 1, 40, "article"), MX_F_MONEY(thing, price, 0, 0, 1000, "price"),
    MX_F_ENUM(thing, state, 0, state_words, "state"),    MX_F_ID(thing, person, 0, "per", "person"),
    MX_F_STR(thing, phone, MX_PII, 0, 20, "phone"),      MX_F_STRS(thing, mails, MX_PII, 0, 3, "mails"),
    MX_F_TIME(thing, born, MX_PII, "birthday"),          MX_F_LIST(thing, lines, 0, 0, 5, line_type, "lines"),
};
MX_TYPE_REC(thing, "thing", "a record");

#endif
