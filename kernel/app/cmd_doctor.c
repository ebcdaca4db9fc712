/* merx doctor: looks at a shop's surroundings, served or not, and says what to do. It repairs nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/internal.h"
#include "json/json.h"

void app_doctor_tell(struct app_doctor *doctor, int level, const char *check, const char *format, ...) {
    static const char *const words[] = {"ok", "warn", "fail"};
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (level == APP_DOCTOR_FAIL) doctor->failed = 1;
    base_buf_printf(&doctor->lines, "%-5s %-12s %s\n", words[level], check, text);
    base_buf_printf(&doctor->list, "%s{\"check\":\"%s\",\"result\":\"%s\",\"text\":", doctor->list.len ? "," : "", check, words[level]);
    json_quote(&doctor->list, mx_str_of(text));
    base_buf_char(&doctor->list, '}');
}

static int print(struct app_doctor *doctor, int json) {
    struct base_buf out;
    struct mx_str text;
    struct mx_error err = {0};
    if (!json) {
        fwrite(doctor->lines.ptr, 1, doctor->lines.len, stdout);
        return doctor->failed ? APP_FAILED : APP_OK;
    }
    base_buf_init(&out, doctor->arena);
    base_buf_printf(&out, "{\"healthy\":%s,\"checks\":[%.*s]}", doctor->failed ? "false" : "true", (int)doctor->list.len, doctor->list.ptr);
    if (json_canonical(doctor->arena, base_buf_view(&out), SIZE_MAX, &text, &err) != MX_OK) return app_say_error("doctor", &err);
    printf("%.*s\n", (int)text.len, text.ptr);
    return doctor->failed ? APP_FAILED : APP_OK;
}

static int examine(struct app_doctor *doctor, int json) {
    struct base_arena *arena = doctor->arena;
    doctor->data = app_data_path(arena, doctor->data).ptr;
    if (app_is_vacant(doctor->data))
        return app_say("doctor", APP_FAILED, "There is no shop in %s; merx init --data %s makes one.", doctor->data, doctor->data);
    if (!doctor->key_file) doctor->key_file = app_path(arena, doctor->data, ".key");
    if (!doctor->tls) doctor->tls = app_path(arena, doctor->data, ".tls");
    if (!doctor->rules) doctor->rules = app_path(arena, doctor->data, "/rules");
    if (!doctor->plugin_dir) doctor->plugin_dir = app_plugin_dir(arena);
    base_buf_init(&doctor->lines, arena);
    base_buf_init(&doctor->list, arena);
    app_doctor_files(doctor);
    app_doctor_machine(doctor);
    app_doctor_shop(doctor);
    return print(doctor, json);
}

int app_cmd_doctor(int argc, char **argv) {
    struct app_doctor doctor = {0};
    int json = 0, code;
    const struct app_option options[] = {
        {"data", "DIR", "the shop's folder, served or not", &doctor.data, NULL, NULL},
        {"key-file", "FILE", "its key file (DIR.key)", &doctor.key_file, NULL, NULL},
        {"tls", "FOLDER", "CA, certificate and their keys (DIR.tls)", &doctor.tls, NULL, NULL},
        {"rules", "FOLDER", "the rule files (DIR/rules)", &doctor.rules, NULL, NULL},
        {"plugins", "FOLDER", "where plugin files are (beside the program)", &doctor.plugin_dir, NULL, NULL},
        {"plugin", "NAME", "a plugin that the shop loads too; may be given more than once", NULL, &doctor.plugins, NULL},
        {"json", NULL, "the report as JSON", NULL, NULL, &json},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"doctor", NULL,
                                    "Look at a shop's surroundings: one line for each check, with ok, warn or fail and what to do.\n"
                                    "Nothing is repaired. The exit code is 1 when something fails.",
                                    options};
    code = app_parse(&usage, argc, argv, NULL);
    if (code != APP_GO_ON) return code;
    if (!doctor.data) return app_say("doctor", APP_USAGE, "The option --data DIR is missing.");
    doctor.arena = base_arena_new(16384);
    code = examine(&doctor, json);
    base_arena_free(doctor.arena);
    return code;
}
