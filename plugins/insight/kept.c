/* What is kept about people, how it is trimmed by age, and how it goes when a person is erased. */
#include "internal.h"

static const struct mx_kept_kind *kinds(struct mx_ctx *ctx, uint32_t *count) {
    struct mx_kept_kind *list = mx_alloc(ctx, 3 * sizeof(*list));
    const struct mx_str use = mx_str_of(MX_PURPOSE_PERSONALISATION);
    list[0] = (struct mx_kept_kind){
        .name = mx_str_of("insight.behaviour"),
        .about = mx_str_of("what a member looked at, asked and tried, by session and time, while she agrees; no texts"),
        .purpose = use,
        .basis = MX_BASIS_CONSENT,
        .trim = mx_str_of("insight.trim"),
        .erased = 1};
    list[1] = (struct mx_kept_kind){.name = mx_str_of("insight.tag, insight.period, insight.insider"),
                                    .about = mx_str_of("tags that rules gave, with reason and rule, and segments"),
                                    .purpose = use,
                                    .basis = MX_BASIS_CONSENT,
                                    .erased = 1};
    list[2] = (struct mx_kept_kind){.name = mx_str_of("insight.member, insight.bought"),
                                    .about = mx_str_of("sums of what a member bought, from the books; for tags, scores and segments"
                                                       " only while she agrees"),
                                    .purpose = mx_str_of(MX_PURPOSE_SERVICE),
                                    .basis = MX_BASIS_CONTRACT,
                                    .erased = 1};
    *count = 3;
    return list;
}

mx_status insight_kept_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_kept *kept = out;
    uint32_t count = 0;
    (void)in;
    kept->kinds = (struct mx_list){(void *)(uintptr_t)kinds(ctx, &count), 3, sizeof(struct mx_kept_kind)};
    return MX_OK;
}

static mx_status trim_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_trim *ask = in;
    struct mx_trimmed *trimmed = out;
    struct insight_did *did = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "at"};
    struct mx_scan *scan = NULL;
    mx_status st;
    if (!mx_str_is(ask->name, "insight.behaviour")) return mx_fail(ctx, MX_E_BAD_INPUT, "name", "Nothing by this name is kept here.");
    st = mx_scan_open(ctx, &insight_dids, &opts, NULL, &scan);
    while (st == MX_OK && trimmed->rows < ask->limit && (st = mx_scan_next(ctx, scan, &did)) == MX_OK && did->at < ask->before) {
        st = mx_delete(ctx, &insight_dids, did);
        trimmed->rows += st == MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op insight_op_trim = {.size = sizeof(struct mx_op),
                                      .flags = MX_OP_INTERNAL,
                                      .name = "insight.trim",
                                      .doc = "Delete what customers did before a day.",
                                      .in = &mx_trim_type,
                                      .out = &mx_trimmed_type,
                                      .handler = trim_handler,
                                      .since = "0.4"};

mx_status insight_hear_erased(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_person_erased *erased = data;
    const struct mx_member_of_ask ask = {.person = erased->person};
    struct mx_member_of answer = {{NULL, 0}};
    struct mx_member_facts facts = {0};
    uint32_t i, left = INSIGHT_FORGET_ROWS;
    mx_status st = mx_ask(ctx, &mx_point_member_of, &ask, &answer);
    (void)event;
    if (st == MX_OK) st = insight_member(ctx, answer.member, &facts);
    for (i = 0; st == MX_OK && i < facts.members.count; i++) st = insight_forget(ctx, mx_list_str(&facts.members, i), &left);
    return st == MX_DECLINED || st == MX_NONE ? MX_OK : st;
}
