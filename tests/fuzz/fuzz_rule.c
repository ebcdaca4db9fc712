/* Rule texts that nobody would write, and data that they are given: fuzz_rule SECONDS [SEED].
 *
 * Texts are put together from the rules that come with the shop, from hostile ones and from single tokens. Whatever comes out is
 * loaded beside the shop's own rule and asked as every kind. It may be refused or fail; the shop's own rule must offer what it
 * always offers, the same question must get the same answer, and memory and time must stay within their limits. */
#include <dirent.h>

#include "base/id.h"
#include "unit/script/hostile.h"

#include "script/internal.h"

#define POOL     1200
#define TEXT_MAX (8 * 1024)
#define SLOW_MS  1000

static struct base_random random_state;
static struct base_buf pool[POOL];
static uint32_t pool_count;
static unsigned long long texts, loaded, faults;

static uint32_t pick(uint32_t below) { return (uint32_t)(base_random_next(&random_state) % below); }

static const char *const tokens[] = {
    "promotion",
    "tier",
    "reward",
    "on",
    "every",
    "test",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "=",
    "==",
    "~=",
    "<",
    ">",
    "..",
    "...",
    ".",
    ":",
    ",",
    ";",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "^",
    "#",
    "&",
    "|",
    "~",
    "<<",
    ">>",
    "and",
    "or",
    "not",
    "nil",
    "true",
    "false",
    "function",
    "end",
    "if",
    "then",
    "else",
    "for",
    "in",
    "do",
    "while",
    "repeat",
    "until",
    "return",
    "local",
    "goto",
    "break",
    "cart",
    "line",
    "event",
    "shop",
    "now",
    "t",
    "member",
    "cart.lines",
    "cart.lines[1]",
    "event.data",
    "shop.query",
    "shop.run",
    "money.split",
    "money.muldiv",
    "money.percent",
    "money.round_to",
    "text.split",
    "table.sort",
    "table.insert",
    "table.concat",
    "ipairs",
    "pairs",
    "tostring",
    "select",
    "math.maxinteger",
    "math.mininteger",
    "0",
    "1",
    "-1",
    "1e308",
    "0x7fffffffffffffff",
    "9007199254740993",
    "0.1",
    "''",
    "'a'",
    "'id'",
    "'orders.*'",
    "'15m'",
    "'day 03:00'",
    "percent",
    "amount",
    "when",
    "lines",
    "offers",
    "id",
    "code",
    "name",
    "lane",
    "priority",
    "group",
    "exclusive",
    "below_cost",
    "keeps_uses",
    "ppm",
    "price",
    "prices",
    "buy",
    "pay",
    "free",
    "nth",
    "steps",
    "spend",
    "save",
    "repeats",
    "bundle",
    "mix",
    "gift",
    "get",
    "pieces",
    "points_times",
    "points_ppm",
    "expiry",
    "days",
    "group_buy",
    "size",
    "bargain",
    "floor",
    "shipping",
    "max_unit",
    "max_line",
    "max_off",
    "times",
    "limit",
    "total",
    "member_day",
    "budget",
    "units",
    "where",
    "except",
    "category",
    "tag",
    "brand",
    "sku",
    "unit",
    "min_qty",
    "min_total",
    "min_spend",
    "segment",
    "channel",
    "location",
    "tender",
    "coupon",
    "facts",
    "from",
    "to",
    "weekday",
    "hours",
    "property",
    "hunt.monotone",
    "try",
    "t.price",
    "cart.segments",
    "cart.facts",
    "cart.vouchers",
    "line.stock",
    "line.expires",
    "'earn'",
    "'flash'",
    "'22:00-02:00'",
    "'2026-11-01'",
    "'sat'",
    "{pieces = 3, percent = 5}",
    "{where = {sku = 'A'}}",
    "where = {category = 'tea'}",
    "lines = {{line = 1}}",
    "1000000",
    "rank",
    "points",
    "\n",
    "--",
    "[[",
    "]]",
};

static void add_file(const char *path) {
    struct base_buf *buf = &pool[pool_count];
    FILE *file = fopen(path, "rb");
    size_t got;
    if (file == NULL || pool_count == POOL / 2) return;
    base_buf_init(buf, NULL);
    got = fread(base_buf_reserve(buf, TEXT_MAX), 1, TEXT_MAX, file);
    buf->len += got;
    fclose(file);
    pool_count++;
}

static int is_lua(const struct dirent *entry) { return strstr(entry->d_name, ".lua") != NULL; }

static void add_folder(const char *name) {
    struct dirent **entries = NULL;
    char folder[1024], path[1400];
    int i, count;
    snprintf(folder, sizeof(folder), "%s/%s", MERX_TESTS_DIR, name);
    count = scandir(folder, &entries, is_lua, alphasort);
    for (i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        add_file(path);
        free(entries[i]);
    }
    free(entries);
}

/* ---- texts ---- */

static const char *const kinds[][2] = {
    {"promotion { id = 'x', offers = function(cart)\n", "\nend }\n"},
    {"promotion { id = 'x', amount = 1, when = function(cart)\n", "\nend }\n"},
    {"promotion { id = 'x', where = { sku = 'A' }, ", " }\n"},
    {"promotion { id = 'x', offers = function(cart) return {{ lines = {{line = 1}}, ", " }} end }\n"},
    {"property('x', function(sale, try)\n", "\nend)\n"},
    {"tier { code = 'x', rank = 9, when = function(member)\n", "\nend }\n"},
    {"reward { id = 'x', points = 1, when = function(member)\n", "\nend }\n"},
    {"on('*', function(event, shop)\n", "\nend)\n"},
    {"every('15m', function(now, shop)\n", "\nend)\n"},
    {"test('x', function(t)\n", "\nend)\n"},
    {"", "\n"},
};

/* A piece of another text, from line to line. */
static void add_piece(struct base_buf *out) {
    const struct base_buf *from = &pool[pick(pool_count)];
    size_t start = from->len ? pick((uint32_t)from->len) : 0, len = 1 + pick(300);
    while (start > 0 && from->ptr[start - 1] != '\n') start--;
    if (len > from->len - start) len = from->len - start;
    while (start + len < from->len && from->ptr[start + len - 1] != '\n') len++;
    base_buf_add(out, from->ptr + start, len);
}

static void add_tokens(struct base_buf *out) {
    uint32_t count = 1 + pick(12);
    while (count--) {
        base_buf_text(out, tokens[pick(sizeof(tokens) / sizeof(tokens[0]))]);
        base_buf_char(out, ' ');
    }
}

static void change(struct base_buf *text) {
    size_t at, len;
    if (text->len == 0) return;
    at = pick((uint32_t)text->len);
    switch (pick(4)) {
    case 0:
        text->ptr[at] = (char)pick(256);
        break;
    case 1: /* take some out */
        len = 1 + pick(20);
        if (len > text->len - at) len = text->len - at;
        memmove(text->ptr + at, text->ptr + at + len, text->len - at - len);
        text->len -= len;
        break;
    case 2: /* a token over what is there */
    {
        const char *token = tokens[pick(sizeof(tokens) / sizeof(tokens[0]))];
        len = strlen(token);
        if (len <= text->len - at) memcpy(text->ptr + at, token, len);
        break;
    }
    default:
        text->len = at;
        break;
    }
}

static void make_text(struct base_buf *text) {
    const char *const *kind = kinds[pick(sizeof(kinds) / sizeof(kinds[0]))];
    uint32_t pieces = 1 + pick(3), changes = pick(3);
    text->len = 0;
    if (pick(3) == 0) {
        const struct base_buf *from = &pool[pick(pool_count)];
        base_buf_add(text, from->ptr, from->len);
    } else {
        base_buf_text(text, kind[0]);
        while (pieces--) {
            if (pick(2))
                add_piece(text);
            else
                add_tokens(text);
        }
        base_buf_text(text, kind[1]);
    }
    while (changes--) change(text);
    if (text->len > TEXT_MAX) text->len = TEXT_MAX;
}

/* ---- data that rules are given ---- */

static void add_json(struct base_buf *out, int depth) {
    uint32_t i, count = pick(4);
    switch (pick(depth > 4 ? 4 : 6)) {
    case 0:
        base_buf_int(out, (int64_t)(base_random_next(&random_state) % 4000) - 2000);
        break;
    case 1:
        base_buf_text(out, pick(2) ? "true" : "null");
        break;
    case 2:
        base_buf_text(out, "\"\\u00e9\\n\\\"\\ud83d\\ude00 text\"");
        break;
    case 3:
        base_buf_text(out, pick(50) ? "\"a\"" : "\"broken");
        break;
    case 4:
        base_buf_char(out, '[');
        for (i = 0; i < count; i++) {
            if (i) base_buf_char(out, ',');
            add_json(out, depth + 1);
        }
        base_buf_char(out, ']');
        break;
    default:
        base_buf_char(out, '{');
        for (i = 0; i < count; i++) {
            base_buf_printf(out, "%s\"%s%u\":", i ? "," : "", pick(2) ? "total" : "member", i);
            add_json(out, depth + 1);
        }
        base_buf_char(out, '}');
        break;
    }
}

static mx_status answer_anything(struct script_run *run, struct mx_str op, struct mx_str input, struct mx_str *answer) {
    struct base_buf out;
    (void)op;
    (void)input;
    base_buf_init(&out, bench.arena);
    add_json(&out, 0);
    if (pick(20) == 0 && out.len > 1) out.len--; /* damaged */
    *answer = base_buf_view(&out);
    (void)run;
    return pick(4) ? MX_OK : pick(2) ? MX_E_NOT_FOUND : MX_E_FORBIDDEN;
}

static void run_listeners(void) {
    struct script_state *state;
    struct script_set *set = script_thread_set(&state);
    uint32_t i;
    if (set == NULL || state == NULL) return;
    for (i = 0; i < set->rule_count; i++) {
        struct script_rule *rule = set->rules[i];
        struct script_run run;
        struct base_buf data;
        struct script_fact fact = {mx_str_of("orders.paid"), {NULL, 0}, 1, NOON_CHINA, NULL, &run};
        struct script_tick tick = {NOON_CHINA, &run};
        base_buf_init(&data, bench.arena);
        add_json(&data, 0);
        fact.data = base_buf_view(&data);
        script_run_init(&run, &bench.ctx);
        run.query = answer_anything;
        if (script_kind_index(rule->kind) == SCRIPT_ON) faults += !script_on_run(state, rule, &fact);
        if (script_kind_index(rule->kind) == SCRIPT_EVERY) faults += !script_every_run(state, rule, &tick);
    }
    if (state->memory.used > SCRIPT_MEMORY_MAX) {
        printf("# %zu bytes kept\n", state->memory.used);
        check_failures++;
    }
}

static void ask_members(void) {
    struct mx_counter counter = {mx_str_of("spent_minor"), 500};
    struct mx_tier_ask tier = {mx_str_of("mem_1"), mx_str_of("basic"), {&counter, 1, sizeof(counter)}};
    struct mx_reward_ask reward = {mx_str_of("mem_1"), mx_str_of("gold"), 500};
    struct mx_tier_answer tier_answer;
    struct mx_rewards rewards;
    memset(&tier_answer, 0, sizeof(tier_answer));
    memset(&rewards, 0, sizeof(rewards));
    if (script_tier_answer(&bench.ctx, &tier, &tier_answer) < 0) check_failures++;
    if (script_reward_answer(&bench.ctx, &reward, &rewards) < 0) check_failures++;
}

/* The shop's own rule stands in the same set; its offer is among the others, and always the same. */
static int good_offers(void) {
    uint32_t i, found = 0;
    for (i = 0; i < bench.offers.offers.count; i++) {
        const struct mx_offer *offer = offer_at(i);
        found += mx_str_is(offer->rule, "good") && offer->amount == 7 && offer->lines.count == 1 && offer_line(i, 0)->line == 2;
    }
    return found == 1;
}

static int try_text(const struct base_buf *text) {
    struct mx_str first;
    double start = cpu_ms();
    int before = check_failures;
    texts++;
    write_bytes("a-probe.lua", text->ptr ? text->ptr : "", text->len);
    if (load() == MX_OK)
        loaded++;
    else if (bench.err.status != MX_E_BAD_INPUT || strncmp(bench.err.message, "a-probe.lua", 11) != 0)
        check_failures++;
    ask();
    faults += bench.offers.faults.count;
    first = answer_text();
    if (!good_offers()) check_failures++;
    ask();
    if (!mx_str_eq(first, answer_text())) check_failures++;
    ask_members();
    run_listeners();
    ask();
    if (!good_offers()) check_failures++;
    if (cpu_ms() - start > SLOW_MS) check_failures++;
    base_arena_reset(bench.arena);
    if (check_failures == before) return 0;
    printf("# a finding, %.0f ms (%s):\n%.*s\n", cpu_ms() - start, bench.err.message, (int)text->len, text->ptr);
    return 1;
}

/* What came out may be a part of what comes next. */
static void keep_text(const struct base_buf *text) {
    struct base_buf *to = &pool[pool_count < POOL ? pool_count : POOL / 2 + pick(POOL / 2)];
    if (pool_count < POOL) base_buf_init(&pool[pool_count++], NULL);
    to->len = 0;
    base_buf_add(to, text->ptr ? text->ptr : "", text->len);
}

int main(int argc, char **argv) {
    int64_t seconds = argc > 1 ? atoll(argv[1]) : 0, seed = argc > 2 ? atoll(argv[2]) : base_now_ms(), until;
    struct base_buf text;
    uint32_t i;
    int found = 0;
    (void)check_main; /* the harness's own */
    if (seconds <= 0) {
        fprintf(stderr, "usage: fuzz_rule SECONDS [SEED]\n");
        return 2;
    }
    base_random_seed_from(&random_state, (uint64_t)seed);
    begin_with_good_rule();
    add_folder("data/scripts/hostile/resource");
    add_folder("data/scripts/hostile/escape");
    add_folder("data/scripts/hostile/declare");
    add_folder("../scripts/promotions");
    add_folder("../scripts/tiers");
    add_folder("../scripts/tags");
    add_folder("../scripts/rewards");
    add_folder("../scripts/journeys");
    base_buf_init(&text, NULL);
    until = base_steady_ms() + seconds * 1000;
    while (!found && base_steady_ms() < until) {
        make_text(&text);
        found = try_text(&text);
        if (!found && pick(8) == 0) keep_text(&text);
    }
    printf("seed %lld: %llu texts, %llu loaded, %llu faults: %s\n", (long long)seed, texts, loaded, faults,
           found ? "a finding" : "no finding");
    for (i = 0; i < pool_count; i++) base_buf_fini(&pool[i]);
    base_buf_fini(&text);
    bench_end();
    printf("%d passed, %d failed\n", !found, found);
    return found;
}
