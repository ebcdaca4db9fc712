/* The configuration file: `name = value` lines with the names of the command's own options. What the command line says wins. */
#include <string.h>

#include "app/internal.h"
#include "base/text.h"

#define CONFIG_MAX (64u << 10)

struct config {
    struct base_arena *arena;
    const struct app_usage *usage;
    const char *path;
    app_check_fn check;
    int line;
    uint64_t given; /* options of the command line, by place */
    uint64_t seen;  /* of this file */
};

#define WRONG(config, ...)                                                                                                                 \
    app_say((config)->usage->command, APP_USAGE, "%s, line %d: %s", (config)->path, (config)->line,                                        \
            base_arena_printf((config)->arena, __VA_ARGS__).ptr)

static struct mx_str trim(struct mx_str text) {
    while (text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t')) text = mx_str_n(text.ptr + 1, text.len - 1);
    while (text.len && strchr(" \t\r", text.ptr[text.len - 1])) text.len--;
    return text;
}

static int is_given(const struct app_option *o) { return (o->value && *o->value) || (o->words && o->words->count) || (o->on && *o->on); }

/* The configuration file cannot name another one. */
static const struct app_option *find(const struct config *config, struct mx_str name, uint32_t *place) {
    const struct app_option *o;
    for (o = config->usage->options; o->name; o++) {
        *place = (uint32_t)(o - config->usage->options);
        if (mx_str_is(name, o->name) && strcmp(o->name, "config") != 0) return o;
    }
    return NULL;
}

static int take_switch(const struct config *config, const struct app_option *o, const char *value, int wanted) {
    int yes = strcmp(value, "yes") == 0;
    if (!yes && strcmp(value, "no") != 0) return WRONG(config, "%s is yes or no, not %.80s.", o->name, value);
    if (wanted) *o->on = yes;
    return APP_GO_ON;
}

static int take_value(const struct config *config, const struct app_option *o, const char *value, int wanted) {
    const char *wrong = config->check ? config->check(config->arena, o->name, value) : NULL;
    if (wrong) return WRONG(config, "%s %s, not %.80s.", o->name, wrong, value);
    if (!wanted) return APP_GO_ON;
    if (o->words && o->words->count == APP_WORDS_MAX) return WRONG(config, "%s stands here too often.", o->name);
    if (o->words)
        o->words->at[o->words->count++] = value;
    else
        *o->value = value;
    return APP_GO_ON;
}

static int take_line(struct config *config, struct mx_str line) {
    const char *equals;
    const struct app_option *o;
    struct mx_str name, value;
    uint32_t place = 0;
    int wanted;
    line = trim(line);
    if (!line.len || line.ptr[0] == '#') return APP_GO_ON;
    equals = memchr(line.ptr, '=', line.len);
    if (!equals) return WRONG(config, "This is no line of the form name = value.");
    name = trim(mx_str_n(line.ptr, (size_t)(equals - line.ptr)));
    value = trim(mx_str_n(equals + 1, line.len - (size_t)(equals + 1 - line.ptr)));
    o = find(config, name, &place);
    if (!o) return WRONG(config, "There is no setting called %.*s.", name.len > 80 ? 80 : (int)name.len, name.ptr);
    if (!value.len) return WRONG(config, "%s needs a value.", o->name);
    if (!o->words && config->seen >> place & 1) return WRONG(config, "%s stands here twice.", o->name);
    config->seen |= UINT64_C(1) << place;
    value = base_arena_dup(config->arena, value);
    wanted = !(config->given >> place & 1);
    return o->on ? take_switch(config, o, value.ptr, wanted) : take_value(config, o, value.ptr, wanted);
}

static int take_lines(struct config *config, struct mx_str text) {
    const char *at = text.ptr, *end = text.ptr + text.len;
    int code = APP_GO_ON;
    while (code == APP_GO_ON && at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *stop = feed ? feed : end;
        config->line++;
        code = take_line(config, mx_str_n(at, (size_t)(stop - at)));
        at = stop + 1;
    }
    return code;
}

int app_config_read(struct base_arena *arena, const struct app_usage *usage, const char *path, app_check_fn check) {
    struct config config = {arena, usage, path, check, 0, 0, 0};
    struct mx_error err = {0};
    const struct app_option *o;
    struct mx_str text;
    for (o = usage->options; o->name; o++)
        if (is_given(o)) config.given |= UINT64_C(1) << (o - usage->options);
    if (app_read_all(arena, path, CONFIG_MAX, &text, &err) != MX_OK) return app_say_error(usage->command, &err);
    if (!base_utf8_valid(text) || (text.len && memchr(text.ptr, 0, text.len)))
        return app_say(usage->command, APP_USAGE, "%s is not a text in UTF-8.", path);
    return take_lines(&config, text);
}
