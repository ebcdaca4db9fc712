/* A customer of another channel: found by whatever the row says of her, or made, and linked with the account she has there. */
#include <stdio.h>

#include "internal.h"

#define KINDS 5

struct known {
    const char *kind, *target, *wrong;
    struct mx_str value;
    struct mx_str person; /* whose it is already */
};

int intake_who_of(struct intake_row *row, const char *external, struct intake_who *who) {
    memset(who, 0, sizeof(*who));
    (void)intake_text(row, external, 64, &who->external);
    (void)intake_text(row, "phone", 40, &who->phone);
    (void)intake_text(row, "email", 254, &who->email);
    (void)intake_text(row, "card", 64, &who->card);
    (void)intake_text(row, "openid", 128, &who->openid);
    (void)intake_text(row, "name", 100, &who->name);
    return who->external.len || who->phone.len || who->email.len || who->card.len || who->openid.len;
}

static struct mx_str account_of(const struct intake_row *row, struct mx_str external) {
    size_t room = (size_t)row->mapping->channel.len + external.len + 2;
    char *text = mx_alloc(row->ctx, room);
    int len = snprintf(text, room, "%.*s:%.*s", (int)row->mapping->channel.len, row->mapping->channel.ptr, (int)external.len, external.ptr);
    return mx_str_n(text, (size_t)len);
}

static uint32_t list_known(const struct intake_row *row, const struct intake_who *who, struct known *known) {
    const struct known all[KINDS] = {
        {.kind = "account",
         .target = "external",
         .wrong = "This cannot be an account of that channel.",
         .value = who->external.len ? account_of(row, who->external) : who->external},
        {.kind = "phone", .target = "phone", .wrong = "This cannot be a phone number.", .value = who->phone},
        {.kind = "email", .target = "email", .wrong = "This cannot be an e-mail address.", .value = who->email},
        {.kind = "card", .target = "card", .wrong = "This cannot be the number of a card.", .value = who->card},
        {.kind = "openid", .target = "openid", .wrong = "This cannot be an account that somebody signs in with.", .value = who->openid}};
    uint32_t i, count = 0;
    for (i = 0; i < KINDS; i++)
        if (all[i].value.len) known[count++] = all[i];
    return count;
}

static int is_among(const struct mx_list *persons, struct mx_str person) {
    uint32_t i;
    for (i = 0; i < persons->count; i++)
        if (mx_str_eq(mx_list_str(persons, i), person)) return 1;
    return 0;
}

/* Whose are they? All that are known must lead to one customer: which of two it is, a person decides, by a merge. */
static mx_status look_up(struct intake_row *row, struct known *known, uint32_t count, struct mx_str *person) {
    struct mx_list persons = {0};
    uint32_t i;
    for (i = 0; i < count; i++) {
        char why[240];
        mx_status st = row->ctx->identity->person_find(row->ctx, known[i].kind, known[i].value, &known[i].person);
        if (st == MX_NONE) known[i].person.len = 0;
        if (st == MX_NONE) continue;
        if (st == MX_E_BAD_INPUT) {
            intake_wrong(row, known[i].target, known[i].wrong);
            continue;
        }
        if (st == MX_OK && person->len == 0) {
            *person = known[i].person;
            st = row->ctx->identity->person_set(row->ctx, *person, &persons);
            if (st == MX_OK) *person = mx_list_str(&persons, 0);
        }
        if (st != MX_OK) return st;
        if (is_among(&persons, known[i].person)) continue;
        snprintf(why, sizeof(why),
                 "This %s belongs to another customer (%.*s) than what stands before it (%.*s): merge them or correct it.", known[i].kind,
                 (int)known[i].person.len, known[i].person.ptr, (int)person->len, person->ptr);
        intake_wrong(row, known[i].target, why);
    }
    return row->st;
}

static mx_status link_all(struct intake_row *row, const struct known *known, uint32_t count, struct mx_str person) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < count; i++) {
        const struct mx_link link = {.size = sizeof(link),
                                     .kind = mx_str_of(known[i].kind),
                                     .value = known[i].value,
                                     .source = mx_str_of("intake"),
                                     .ref = row->run->id};
        const struct intake_made made = {.kind = INTAKE_MADE_LINK, .person = person, .link = link.kind, .value = link.value};
        if (known[i].person.len) continue;
        st = row->ctx->identity->person_link_from(row->ctx, person, &link, NULL);
        if (st == MX_OK) st = intake_make(row->ctx, row->run, &made);
    }
    return st;
}

static mx_status join(struct intake_row *row, const struct known *known, const struct intake_who *who, struct mx_str person,
                      struct mx_str *member) {
    struct mx_member_enrol join = {.has = 0};
    struct mx_member_enrolled joined = {NULL};
    struct intake_made made = {.kind = INTAKE_MADE_PERSON, .person = person};
    struct mx_str *slot = &join.account;
    mx_status st;
    if (strcmp(known->kind, "phone") == 0) slot = &join.phone;
    if (strcmp(known->kind, "email") == 0) slot = &join.email;
    if (strcmp(known->kind, "card") == 0) slot = &join.card;
    if (strcmp(known->kind, "openid") == 0) slot = &join.openid;
    *slot = known->value;
    mx_set_has_at(&mx_member_enrol_type, &join, (size_t)((char *)slot - (char *)&join), 1);
    join.name = who->name;
    if (who->name.len) MX_SET_HAS(mx_member_enrol, &join, name);
    join.channel = row->mapping->channel;
    MX_SET_HAS(mx_member_enrol, &join, channel);
    st = intake_tread(row->ctx, row->run->id, row->part, row->line);
    if (st == MX_OK) st = intake_trod(row->ctx, mx_call(row->ctx, &mx_member_enrol_use, &join, &joined));
    if (st != MX_OK || !joined.member) return st < 0 ? st : MX_OK;
    *member = made.id = joined.member->id;
    return intake_make(row->ctx, row->run, &made);
}

mx_status intake_customer(struct intake_row *row, const struct intake_who *who, struct mx_str *person, struct mx_str *member) {
    struct known known[KINDS];
    uint32_t count = list_known(row, who, known);
    struct mx_member_of_ask ask;
    struct mx_member_of of = {{NULL, 0}};
    mx_status st = look_up(row, known, count, person);
    if (st != MX_OK || row->failed) return st;
    if (person->len) {
        ask.person = *person;
        st = mx_ask(row->ctx, &mx_point_member_of, &ask, &of);
        if (st < 0) return st;
        *member = of.member;
    }
    if (row->run->dry) return MX_OK;
    if (person->len == 0) st = row->ctx->identity->person_new(row->ctx, person);
    if (st >= 0) st = link_all(row, known, count, *person);
    return st == MX_OK && member->len == 0 ? join(row, known, who, *person, member) : st;
}

/* ---- rows of customers ---- */

static struct mx_str said(const struct intake_row *row, const struct intake_who *who) {
    const struct mx_str parts[] = {who->external, who->phone, who->email, who->card, who->openid, who->name};
    size_t room = 8, len = 0;
    char *text;
    uint32_t i;
    for (i = 0; i < 6; i++) room += parts[i].len + 1u;
    text = mx_alloc(row->ctx, room);
    for (i = 0; i < 6; i++) {
        if (parts[i].len) memcpy(text + len, parts[i].ptr, parts[i].len);
        len += parts[i].len;
        text[len++] = '\n';
    }
    return intake_hash(row->ctx, "customer", mx_str_n(text, len));
}

/* She is known by this channel, and it says something new: her name here follows it. */
static mx_status rename_her(struct intake_row *row, struct mx_str person, struct mx_str member, struct mx_str name) {
    struct mx_member_rename put = {.member = member, .name = name};
    struct mx_member_renamed renamed = {{NULL, 0}};
    const struct intake_made made = {.kind = INTAKE_MADE_PROFILE, .person = person, .id = member};
    mx_status st;
    if (name.len == 0 || member.len == 0) return MX_OK;
    MX_SET_HAS(mx_member_rename, &put, member);
    MX_SET_HAS(mx_member_rename, &put, name);
    st = intake_tread(row->ctx, row->run->id, row->part, row->line);
    if (st == MX_OK) st = intake_trod(row->ctx, mx_call(row->ctx, &mx_member_rename_use, &put, &renamed));
    if (st != MX_OK) return st < 0 ? st : MX_OK;
    return intake_make(row->ctx, row->run, &made);
}

mx_status intake_customer_row(struct intake_row *row) {
    struct intake_who who;
    struct intake_entry entry;
    struct mx_str person = {NULL, 0}, member = {NULL, 0}, hash;
    int known;
    mx_status st;
    (void)intake_who_of(row, "external", &who);
    if (!row->failed && who.external.len == 0) intake_wrong(row, "external", "The row does not say who this is in that channel.");
    if (row->st != MX_OK || row->failed) return row->st;
    hash = said(row, &who);
    st = intake_entry_of(row, INTAKE_CUSTOMERS, who.external, &entry);
    if (st < 0) return st;
    known = st == MX_OK;
    if (known && mx_str_eq(entry.hash, hash)) {
        row->run->same++;
        return MX_OK;
    }
    st = intake_customer(row, &who, &person, &member);
    if (st != MX_OK || row->failed) return st;
    *(known ? &row->run->changed : &row->run->fresh) += 1;
    if (row->run->dry) return MX_OK;
    if (known) st = rename_her(row, person, member, who.name);
    entry.hash = hash;
    entry.person = person;
    return st == MX_OK ? intake_entry_put(row, &entry) : st;
}
