/* merx licenses: whose work is inside the program, and under which terms. */
#include <stdio.h>
#include <string.h>

#include "app/internal.h"

static const struct app_file *text_of(const char *name) {
    const struct app_file *file;
    for (file = app_licence_files; file->name; file++)
        if (strcmp(file->name, name) == 0) return file;
    return NULL;
}

static void print_list(void) {
    const struct app_library *l;
    for (l = app_libraries; l->name; l++) printf("%-10s %-44s %s\n", l->name, *l->version ? l->version : "(version not known)", l->licence);
}

static void print_texts(void) {
    const struct app_library *l;
    for (l = app_libraries; l->name; l++) {
        const struct app_file *text = text_of(l->package);
        const struct app_file *common = text_of(l->licence); /* what Debian's text only points to */
        printf("\n======== %s %s (%s) ========\n\n", l->name, l->version, l->licence);
        if (text)
            fwrite(text->bytes, 1, text->len, stdout);
        else
            printf("This build has no copy of the text; see the package %s of Debian.\n", l->package);
        if (common) printf("\n%.*s", (int)common->len, (const char *)common->bytes);
    }
}

int app_cmd_licenses(int argc, char **argv) {
    int list = 0, code;
    const struct app_option options[] = {
        {"list", NULL, "only names, versions and licences", NULL, NULL, &list},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"licenses", NULL, "Print name, version and licence text of every library in the program.", options};
    code = app_parse(&usage, argc, argv, NULL);
    if (code != APP_GO_ON) return code;
    print_list();
    if (!list) print_texts();
    return fflush(stdout) == 0 ? APP_OK : app_say("licenses", APP_FAILED, "The texts could not be written out.");
}
