/* Hostile rules of every kind: none takes long, none gets out, and the shop sells on as if they were not there.
 *
 * Each file of tests/data/scripts/hostile is a body that is tried as every function that a rule can have, or a whole file. Its
 * second line says what a promotion's offers() with it does: "fault" (it fails, or is seen to be wrong when it is loaded), "load"
 * (the file is refused), "quiet" (it ends by itself and offers nothing). */
#include <dirent.h>

#include "base/text.h"
#include "hostile.h"
#include "script/internal.h"

static const struct {
    const char *kind, *head, *tail;
} wraps[] = {
    {"offers", "promotion { id = 'probe', lane = 'item', offers = function(cart)\n", "end }\n"},
    {"when", "promotion { id = 'probe', amount = 1, when = function(cart)\n", "end }\n"},
    {"lines", "promotion { id = 'probe', amount = 1, lines = function(line, cart)\n", "end }\n"},
    {"tier", "tier { code = 'probe', rank = 9, when = function(cart)\n", "end }\n"},
    {"reward", "reward { id = 'probe', points = 1, when = function(cart)\n", "end }\n"},
    {"on", "on('*', function(cart, shop)\n", "end)\n"},
    {"every", "every('15m', function(cart, shop)\n", "end)\n"},
    {"test", "test('probe', function(cart)\n", "end)\n"},
    {"file",
     "local cart = { total = 300, lines = { { line = 1, qty = 2000, tags = {} }, { line = 2, tags = { 'gift' } } }, date = {} }\n"
     "local function probe()\n",
     "end\nprobe()\n"},
};

static int64_t most_memory;

static void note_memory(const struct section *section, const struct script_state *state) {
    int64_t used = state ? (int64_t)state->memory.used : 0;
    if (used > most_memory) most_memory = used;
    if (used > (int64_t)SCRIPT_MEMORY_MAX) complain(section, "keeps too much memory", "");
}

/* ---- asking every kind ---- */

static void ask_members(const struct section *section) {
    struct mx_counter counters[] = {{mx_str_of("spent_minor"), 500}, {mx_str_of("orders"), 2}};
    struct mx_tier_ask tier = {mx_str_of("mem_1"), mx_str_of("basic"), {counters, 2, sizeof(counters[0])}};
    struct mx_reward_ask reward = {mx_str_of("mem_1"), mx_str_of("gold"), 500};
    struct mx_tier_answer tier_answer;
    struct mx_rewards rewards;
    memset(&tier_answer, 0, sizeof(tier_answer));
    memset(&rewards, 0, sizeof(rewards));
    if (script_tier_answer(&bench.ctx, &tier, &tier_answer) != MX_OK) complain(section, "no tier is found", "");
    if (!mx_str_is(tier_answer.tier, "own") && !mx_str_is(tier_answer.tier, "probe")) complain(section, "the shop's own tier is lost", "");
    if (script_reward_answer(&bench.ctx, &reward, &rewards) != MX_OK || rewards.rewards.count < 1)
        complain(section, "no reward is found", "");
    if (!mx_str_is(((struct mx_reward *)mx_list_at(&rewards.rewards, 0))->id, "own"))
        complain(section, "the shop's own reward is lost", "");
}

static mx_status no_shop(struct script_run *run, struct mx_str op, struct mx_str input, struct mx_str *answer) {
    (void)run;
    (void)op;
    (void)input;
    *answer = mx_str_of("{\"number\":5}");
    return MX_OK;
}

/* The listener and the schedule of the shop ask for one effect each, whatever the probe does before them. */
static void run_listeners(const struct section *section) {
    struct script_state *state;
    struct script_set *set = script_thread_set(&state);
    uint32_t i, own = 0;
    if (set == NULL || state == NULL) return;
    for (i = 0; i < set->rule_count; i++) {
        struct script_rule *rule = set->rules[i];
        struct script_run run;
        struct script_fact fact = {mx_str_of("orders.paid"), mx_str_of("{\"member\":\"mem_1\",\"total\":300}"), 1, NOON_CHINA, NULL, &run};
        struct script_tick tick = {NOON_CHINA, &run};
        int done = 0;
        script_run_init(&run, &bench.ctx);
        run.query = no_shop;
        if (script_kind_index(rule->kind) == SCRIPT_ON) done = script_on_run(state, rule, &fact);
        if (script_kind_index(rule->kind) == SCRIPT_EVERY) done = script_every_run(state, rule, &tick);
        if (done && mx_str_is(rule->file, "good.lua")) own += run.effect_count;
    }
    if (own != 2) complain(section, "the shop's own listeners do something else", "");
    note_memory(section, state);
}

static int fault_of_probe(void) {
    uint32_t i;
    for (i = 0; i < bench.offers.faults.count; i++) {
        if (mx_str_is(((struct mx_rule_fault *)mx_list_at(&bench.offers.faults, i))->rule, "probe")) return 1;
    }
    return 0;
}

/* What a script says goes onto screens and into the books: text that steers neither. */
static void check_shown(const struct section *section, const char *text) {
    const char *end = text + strlen(text), *at;
    if (!base_utf8_valid(mx_str_of(text))) complain(section, "is told in bytes that are no text", "");
    for (at = text; at < end; at++) {
        if (script_text_steers(at, end) && *at != '\n' && *at != '\t') complain(section, "is told in text that steers a screen:", text);
    }
}

static void ask_everything(const struct section *section, int is_offers) {
    int i, fails = strcmp(section->expects, "fault") == 0;
    struct mx_str first = {NULL, 0};
    for (i = 0; i < 3; i++) {
        double start = cpu_ms();
        ask();
        check_cpu(section, start, "at a sale");
        if (is_offers) only_good_offers(section);
        if (is_offers && fault_of_probe() != fails) complain(section, fails ? "did not fail" : "failed:", fault_at(0));
        if (strstr(fault_at(0), "0x") != NULL) complain(section, "shows an address:", fault_at(0));
        check_shown(section, fault_at(0));
        if (i == 0) first = answer_text();
        if (!mx_str_eq(first, answer_text())) complain(section, "answers differently the second time", "");
    }
    {
        double start = cpu_ms();
        ask_members(section);
        run_listeners(section);
        check_cpu(section, start, "of another kind");
    }
}

/* ---- the corpus ---- */

/* Load what stands in probe.lua beside the shop's own rules, and use all of them. */
static void try_probe(struct section *section, int is_offers) {
    double start = cpu_ms();
    mx_status st = load();
    check_cpu(section, start, "to load");
    if (st != MX_OK && st != MX_E_BAD_INPUT) complain(section, "is refused in an odd way:", bench.err.message);
    if (st != MX_OK && strncmp(bench.err.message, "probe.lua", 9) != 0)
        complain(section, "is refused without its place:", bench.err.message);
    check_shown(section, bench.err.message);
    if (strcmp(section->expects, "load") == 0 && st == MX_OK) complain(section, "was loaded", "");
    if (is_offers && strcmp(section->expects, "quiet") == 0 && st != MX_OK) complain(section, "was not loaded:", bench.err.message);
    if (st != MX_OK) is_offers = 0;
    if (st == MX_OK) {
        ask_everything(section, is_offers);
    } else {
        ask();
        ask_members(section);
        run_listeners(section);
    }
    folder_remove_path(folder_path(&bench.folder, "probe.lua"));
    CHECK_INT(load(), MX_OK);
    ask();
    only_good_offers(section);
}

static void run_file(struct section *section) {
    struct section as = *section;
    size_t i;
    if (section->whole_file) {
        write_rules("probe.lua", section->body);
        try_probe(section, strcmp(section->expects, "load") != 0);
        return;
    }
    for (i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
        struct base_buf text;
        base_buf_init(&text, bench.arena);
        base_buf_text(&text, wraps[i].head);
        base_buf_text(&text, section->body);
        base_buf_text(&text, wraps[i].tail);
        write_bytes("probe.lua", text.ptr, text.len);
        snprintf(as.name, sizeof(as.name), "%.120s (as %s)", section->name, wraps[i].kind);
        snprintf(as.expects, sizeof(as.expects), "%s", i == 0 ? section->expects : "");
        try_probe(&as, i == 0);
        base_arena_reset(bench.arena);
    }
}

/* "-- name", "-- expects: fault, whole file", body. */
static void read_file(const char *path, struct section *section) {
    FILE *file = fopen(path, "rb");
    size_t len;
    char *second;
    REQUIRE(file != NULL);
    memset(section, 0, sizeof(*section));
    len = fread(section->body, 1, sizeof(section->body) - 1, file);
    fclose(file);
    section->body[len] = '\0';
    snprintf(section->name, sizeof(section->name), "%.*s", (int)strcspn(section->body + 3, "\n"), section->body + 3);
    second = strstr(section->body, "-- expects: ");
    REQUIRE(second != NULL);
    snprintf(section->expects, sizeof(section->expects), "%.*s", (int)strcspn(second + 12, ",\n"), second + 12);
    section->whole_file = strncmp(second + 12 + strlen(section->expects), ", whole file", 12) == 0;
}

static int is_lua(const struct dirent *entry) { return strstr(entry->d_name, ".lua") != NULL; }

static const char more_good_rules[] = "tier { code = 'own', rank = 1, when = function(member) return member.spent_minor == 500 end }\n"
                                      "reward { id = 'own', points = 5, when = function(member) return member.tier == 'gold' end }\n"
                                      "on('orders.*', function(event, shop)\n"
                                      "  assert(event.data.total == 300 and event.name == 'orders.paid' and event.at.hour == 12)\n"
                                      "  shop.run('some.thing', { n = shop.query('any.thing', {}).number, of = event.data.member })\n"
                                      "end)\n"
                                      "every('day 12:00', function(now, shop) assert(now.weekday == 5) shop.run('a.b') end)\n";

static void run_corpus(const char *name, int at_least) {
    static struct section section;
    struct dirent **entries = NULL;
    char folder[1024], path[1400], good[4000];
    int i, count;
    longest_ms = 0;
    most_memory = 0;
    begin_with_good_rule();
    snprintf(good, sizeof(good), "%s%s", good_rule, more_good_rules);
    write_rules("good.lua", good);
    CHECK_INT(load(), MX_OK);
    snprintf(folder, sizeof(folder), "%s/data/scripts/hostile/%s", MERX_TESTS_DIR, name);
    count = scandir(folder, &entries, is_lua, alphasort);
    for (i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        read_file(path, &section);
        run_file(&section);
        free(entries[i]);
    }
    free(entries);
    bench_end();
    printf("# %s: %d scripts in up to %zu ways, at most %.1f ms (%s)%s, at most %lld KB kept\n", name, count,
           sizeof(wraps) / sizeof(wraps[0]), longest_ms, longest_name, longest_ms > CPU_MS ? ": MORE THAN 100 ms" : "",
           (long long)most_memory / 1024);
    CHECK(count >= at_least);
}

TEST(no_script_takes_long) { run_corpus("resource", 60); }
TEST(no_script_gets_out) { run_corpus("escape", 90); }

TEST(no_declaration_gets_in) { run_corpus("declare", 180); }

RUN_TESTS(CASE(no_script_takes_long), CASE(no_script_gets_out), CASE(no_declaration_gets_in))
