/* merx rules: check, test, backtest and hunt rule files before they are published.
 *
 * The files go to the shop as a draft, the draft is asked, and dropped again: nothing of it stays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/internal.h"
#include "base/clock.h"
#include "base/text.h"
#include "json/json.h"

#define FILE_MAX_BYTES (1u << 20)

struct asked {
    const char *what, *from, *to, *store, *seed, *carts;
    int json, live, imported;
    struct app_words words; /* the verb, then files */
    struct app_link_opts link;
};

static const struct verb {
    const char *word, *op, *noun; /* noun: what is counted while it runs */
    int needs_shop;               /* it looks at receipts */
    void (*print)(const struct json_value *answer);
} verbs[] = {
    {"check", "rules.check", "files", 0, app_print_findings},
    {"test", "rules.test", "tests", 0, app_print_tests},
    {"backtest", "rules.backtest", "receipts", 1, app_print_backtest},
    {"hunt", "rules.hunt", "carts", 0, app_print_hunt},
};

/* ---- the draft ---- */

static void add_member(struct base_buf *body, const char *name, struct mx_str text) {
    base_buf_printf(body, "%s\"%s\":", body->len > 1 ? "," : "", name);
    json_quote(body, text);
}

/* The name of a rule file without folder and ending. */
static struct mx_str name_of(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t len = strlen(name);
    if (len > 4 && strcmp(name + len - 4, ".lua") == 0) len -= 4;
    return mx_str_n(name, len);
}

/* What the shop refuses is told to people, and with --json to programs too. */
static int refuse(const struct asked *asked, const char *path, struct mx_str why) {
    struct base_buf body;
    base_buf_init(&body, NULL);
    base_buf_char(&body, '{');
    add_member(&body, "detail", why);
    base_buf_text(&body, "}");
    if (asked->json) printf("%.*s\n", (int)base_buf_view(&body).len, base_buf_view(&body).ptr);
    base_buf_fini(&body);
    return app_say("rules", APP_FAILED, "%s%s%.*s", path, *path ? ": " : "", (int)why.len, why.ptr);
}

/* JSON would mend other bytes on the way, and something else would be tried than what stands in the file. */
static int is_text(struct mx_str bytes) { return base_utf8_valid(bytes) && (bytes.len == 0 || !memchr(bytes.ptr, 0, bytes.len)); }

static int put_file(struct app_link *link, const struct asked *asked, const char *path, struct mx_str *draft) {
    struct base_arena *arena = base_arena_new(65536);
    struct mx_error err = {0};
    struct mx_str source, answer;
    struct json_value *root;
    const struct json_value *id;
    struct base_buf body;
    int code = APP_GO_ON;
    base_buf_init(&body, arena);
    if (app_read_all(arena, path, FILE_MAX_BYTES, &source, &err) != MX_OK) {
        code = app_say_error("rules", &err);
    } else if (!is_text(source) || !is_text(name_of(path))) {
        code = app_say("rules", APP_FAILED, "%s is not a rule file: it and its name must be text in UTF-8.", path);
    } else {
        base_buf_char(&body, '{');
        add_member(&body, "name", name_of(path));
        add_member(&body, "source", source);
        if (draft->len) add_member(&body, "draft", *draft);
        base_buf_char(&body, '}');
        if (!app_link_ask(link, arena, "rules.draft.put", base_buf_view(&body), &answer))
            code = refuse(asked, path, answer);
        else if (json_parse(arena, answer, &root, &err) != MX_OK || (id = json_member(root, "draft")) == NULL)
            code = app_say("rules", APP_FAILED, "The shop's answer cannot be understood.");
        else if (draft->len == 0)
            *draft = base_arena_dup(link->arena, id->text);
    }
    base_arena_free(arena);
    return code;
}

static int put_files(struct app_link *link, const struct asked *asked, struct mx_str *draft) {
    const struct app_words *words = &asked->words;
    uint32_t i, k;
    int code = APP_GO_ON;
    for (i = 1; i < words->count; i++) {
        for (k = 1; k < i; k++)
            if (mx_str_eq(name_of(words->at[i]), name_of(words->at[k])))
                return app_say("rules", APP_USAGE, "%s and %s have the same name.", words->at[k], words->at[i]);
    }
    for (i = 1; i < words->count && code == APP_GO_ON && !app_link_stopped(link); i++) code = put_file(link, asked, words->at[i], draft);
    if (code == APP_GO_ON && app_link_stopped(link)) return app_say("rules", APP_FAILED, "Stopped before all files were tried.");
    return code;
}

static void drop_draft(struct app_link *link, struct mx_str draft) {
    struct mx_str answer, body;
    if (draft.len == 0) return;
    body = base_arena_printf(link->arena, "{\"draft\":\"%.*s\"}", (int)draft.len, draft.ptr);
    if (!app_link_ask(link, link->arena, "rules.draft.drop", body, &answer))
        app_say("rules", APP_FAILED, "The draft %.*s stays in the shop: %.*s", (int)draft.len, draft.ptr, (int)answer.len, answer.ptr);
}

/* ---- asking ---- */

static struct mx_str ask_body(struct base_arena *arena, const struct asked *asked, const struct verb *verb, struct mx_str draft) {
    struct base_buf body;
    base_buf_init(&body, arena);
    base_buf_char(&body, '{');
    add_member(&body, "draft", draft);
    if (verb->needs_shop) {
        if (asked->from) add_member(&body, "from_day", mx_str_of(asked->from));
        if (asked->to) add_member(&body, "to_day", mx_str_of(asked->to));
        if (asked->store) add_member(&body, "location", mx_str_of(asked->store));
        if (asked->live) add_member(&body, "against", mx_str_of("live"));
        if (asked->imported) base_buf_text(&body, ",\"imported\":true");
    }
    if (asked->seed) base_buf_printf(&body, ",\"seed\":%s", asked->seed);
    if (asked->carts) base_buf_printf(&body, ",\"carts\":%s", asked->carts);
    base_buf_char(&body, '}');
    return base_buf_view(&body);
}

static int count_of(const struct json_value *root, const char *name) {
    const struct json_value *list = json_member(root, name), *each;
    int count = 0;
    for (each = list ? list->first : NULL; each; each = each->next) count++;
    return count;
}

/* Does the answer speak well of the rules? */
static int code_of(const struct verb *verb, const struct json_value *root) {
    if (verb->print == app_print_findings) return app_number_of(root, "ok") ? APP_OK : APP_FAILED;
    if (verb->print == app_print_tests) return app_number_of(root, "failed") ? APP_FAILED : APP_OK;
    if (verb->print == app_print_hunt) return count_of(root, "failures") ? APP_FAILED : APP_OK;
    return count_of(root, "faults") || app_number_of(root, "refused") ? APP_FAILED : APP_OK;
}

/* On the wire there are whole numbers only; a person wants to see how long it took. */
static void print_json(struct base_arena *arena, struct mx_str answer, const struct json_value *root) {
    const struct json_value *ms = json_member(root, "ms");
    struct mx_str before;
    if (ms && json_text_get(answer, "seconds", &before))
        answer = json_text_put(arena, answer, "seconds",
                               base_arena_printf(arena, "%lld.%03lld", (long long)ms->number / 1000, (long long)ms->number % 1000));
    printf("%.*s\n", (int)answer.len, answer.ptr);
}

static int ask(struct app_link *link, const struct asked *asked, const struct verb *verb, struct mx_str draft) {
    struct mx_str body = ask_body(link->arena, asked, verb, draft), answer;
    struct mx_error err = {0};
    struct json_value *root;
    if (!app_link_ask_long(link, link->arena, verb->op, body, verb->noun, &answer)) return refuse(asked, "", answer);
    if (json_parse(link->arena, answer, &root, &err) != MX_OK) return app_say_error("rules", &err);
    if (asked->json)
        print_json(link->arena, answer, root);
    else
        verb->print(root);
    if (fflush(stdout) != 0) return app_say("rules", APP_FAILED, "The answer could not be written out.");
    return code_of(verb, root);
}

static int run(const struct asked *asked, const struct verb *verb) {
    struct app_link link;
    struct mx_str draft = mx_str_of("");
    int code;
    memset(&link, 0, sizeof(link));
    link.arena = base_arena_new(65536);
    code = app_link_open(&link, &asked->link);
    if (code == APP_GO_ON) code = put_files(&link, asked, &draft);
    if (code == APP_GO_ON) code = ask(&link, asked, verb, draft);
    drop_draft(&link, draft);
    app_link_close(&link);
    base_arena_free(link.arena);
    return code;
}

/* ---- the command line ---- */

static const struct verb *verb_of(const struct app_words *words) {
    size_t i;
    for (i = 0; words->count && i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(verbs[i].word, words->at[0]) == 0) return &verbs[i];
    return NULL;
}

/* A day of the calendar, like 2026-11-01. */
static int is_day(const char *text) {
    struct base_civil civil = {0}, back;
    int used = 0;
    if (sscanf(text, "%4d-%2d-%2d%n", &civil.year, &civil.month, &civil.day, &used) != 3 || used != 10 || text[used]) return 0;
    if (civil.year < 1970 || civil.month < 1 || civil.month > 12 || civil.day < 1 || civil.day > 31) return 0;
    base_civil_from_ms(NULL, base_civil_to_ms(NULL, &civil), &back);
    return back.day == civil.day;
}

static int check_days(const struct asked *asked) {
    const char *wrong = asked->from && !is_day(asked->from) ? asked->from : asked->to && !is_day(asked->to) ? asked->to : NULL;
    if (wrong) return app_say("rules", APP_USAGE, "%s is no day; one looks like 2026-11-27.", wrong);
    if (asked->from && asked->to && strcmp(asked->from, asked->to) > 0)
        return app_say("rules", APP_USAGE, "The day --to is before the day --from.");
    return APP_GO_ON;
}

static int check_words(const struct asked *asked, const struct verb *verb) {
    int64_t number;
    if (!verb && asked->words.count)
        return app_say("rules", APP_USAGE, "%s is not known here; it is check, test, backtest or hunt.", asked->words.at[0]);
    if (!verb) return app_say("rules", APP_USAGE, "Say what to do with the files: check, test, backtest or hunt.");
    if (asked->words.count < 2) return app_say("rules", APP_USAGE, "Name the rule files behind %s.", verb->word);
    if (asked->link.data && asked->link.url) return app_say("rules", APP_USAGE, "Give either --data DIR or --url URL.");
    if (verb->needs_shop && !asked->link.data && !asked->link.url)
        return app_say("rules", APP_USAGE, "Past receipts are in a shop: give --data DIR or --url URL.");
    if (asked->seed && !app_parse_number("rules", "seed", asked->seed, 0, MX_INT_MAX, &number)) return APP_USAGE;
    if (asked->carts && !app_parse_number("rules", "carts", asked->carts, 1, 1000000, &number)) return APP_USAGE;
    if ((asked->seed || asked->carts) && strcmp(verb->word, "hunt") != 0)
        return app_say("rules", APP_USAGE, "--seed and --carts are for hunt.");
    if ((asked->from || asked->to || asked->store || asked->live || asked->imported) && !verb->needs_shop)
        return app_say("rules", APP_USAGE, "--from, --to, --store, --live and --imported are for backtest.");
    return check_days(asked);
}

int app_cmd_rules(int argc, char **argv) {
    struct asked asked = {0};
    const struct app_option options[] = {
        {"data", "DIR", "the shop's folder, served or not (check, test, hunt: an empty shop)", &asked.link.data, NULL, NULL},
        {"url", "URL", "a serving shop, e.g. http://127.0.0.1:8080 or https://till.example:8443", &asked.link.url, NULL, NULL},
        {"ca", "FILE", "for https: the CAs to trust, e.g. the shop's own ca.crt (the system's)", &asked.link.ca, NULL, NULL},
        {"json", NULL, "print the answer as JSON", NULL, NULL, &asked.json},
        {"from", "DAY", "backtest: receipts from this day on, e.g. 2026-11-01", &asked.from, NULL, NULL},
        {"to", "DAY", "backtest: up to this day, included", &asked.to, NULL, NULL},
        {"store", "LOCATION", "backtest: receipts of this location only", &asked.store, NULL, NULL},
        {"live", NULL, "backtest: compare with the rules in force, not with what was paid", NULL, NULL, &asked.live},
        {"imported", NULL, "backtest: prices set by hand count as base prices", NULL, NULL, &asked.imported},
        {"seed", "N", "hunt: begin the search elsewhere; the same number finds the same (1)", &asked.seed, NULL, NULL},
        {"carts", "N", "hunt: carts to try (2000)", &asked.carts, NULL, NULL},
        {"plugins", "FOLDER", "where plugin files are (beside the program)", &asked.link.plugin_dir, NULL, NULL},
        {"plugin", "NAME", "load this plugin too into an unserved folder; may be given more than once", NULL, &asked.link.plugins, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"rules", "check|test|backtest|hunt FILE...",
                                    "Try rule files before they are published, together with the rules in force.\n\n"
                                    "  check     compile them and look for mistakes\n"
                                    "  test      run the tests in them\n"
                                    "  backtest  price past receipts again: what would have changed\n"
                                    "  hunt      look for carts that break a property of theirs\n\n"
                                    "The API key is taken from MERX_KEY. Exit code 0: all is well, 1: something was found or failed.",
                                    options};
    int code = app_parse(&usage, argc, argv, &asked.words);
    const struct verb *verb = verb_of(&asked.words);
    if (code == APP_GO_ON) code = check_words(&asked, verb);
    return code == APP_GO_ON ? run(&asked, verb) : code;
}
