/* merx plugin: the two words of a partner's day. */
#include <string.h>

#include "app/internal.h"

#define DOC                                                                                                                                \
    "new NAME writes a folder NAME with a whole plugin that builds and passes its test, to start from.\n"                                  \
    "check FILE.so says whether a plugin would be loaded, why not, and what it brings."

int app_cmd_plugin(int argc, char **argv) {
    struct app_words words = {0};
    struct base_arena *arena;
    int json = 0, code;
    const struct app_option options[] = {
        {"json", NULL, "check: the report as JSON", NULL, NULL, &json},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"plugin", "new NAME | check FILE.so", DOC, options};
    code = app_parse(&usage, argc, argv, &words);
    if (code != APP_GO_ON) return code;
    arena = base_arena_new(16384);
    if (words.count == 2 && strcmp(words.at[0], "new") == 0)
        code = app_plugin_new(arena, words.at[1]);
    else if (words.count == 2 && strcmp(words.at[0], "check") == 0)
        code = app_plugin_check(arena, words.at[1], json);
    else
        code = app_say("plugin", APP_USAGE, "Say merx plugin new NAME or merx plugin check FILE.so.");
    base_arena_free(arena);
    return code;
}
