/* Options and messages of the command line. */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/log.h"
#include "base/text.h"

void app_prepare_process(void) {
    int fd;
    do fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= 2);
    if (fd > 2) close(fd);
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    base_log_level(BASE_LOG_WARN); /* a person reads the command line; serve says more */
}

int app_say(const char *command, int code, const char *format, ...) {
    va_list args;
    fflush(stdout);
    fprintf(stderr, "merx %s: ", command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return code;
}

int app_say_error(const char *command, const struct mx_error *err) {
    const char *message = err->message[0] ? err->message : base_status_text(err->status);
    if (err->field[0] && !strstr(message, err->field)) return app_say(command, APP_FAILED, "%s (%s)", message, err->field);
    return app_say(command, APP_FAILED, "%s", message);
}

static int print_help(const struct app_usage *usage) {
    const struct app_option *o;
    char left[64];
    printf("usage: merx %s%s%s [options]\n\n%s\n\n", usage->command, usage->rest_hint ? " " : "", usage->rest_hint ? usage->rest_hint : "",
           usage->doc);
    for (o = usage->options; o->name; o++) {
        snprintf(left, sizeof(left), "--%s%s%s", o->name, o->hint ? " " : "", o->hint ? o->hint : "");
        printf("  %-28s %s\n", left, o->doc);
    }
    return APP_OK;
}

static const struct app_option *find_option(const struct app_usage *usage, const char *text, size_t len) {
    const struct app_option *o;
    for (o = usage->options; o->name; o++)
        if (strlen(o->name) == len && memcmp(o->name, text, len) == 0) return o;
    return NULL;
}

static int add_word(const struct app_usage *usage, struct app_words *words, const char *text) {
    if (words->count == APP_WORDS_MAX) return app_say(usage->command, APP_USAGE, "There are too many words on the command line.");
    words->at[words->count++] = text;
    return APP_GO_ON;
}

/* Take the option at argv[*at], and its value. */
static int take_option(const struct app_usage *usage, int argc, char **argv, int *at) {
    const char *text = argv[*at] + 2;
    const char *equals = strchr(text, '=');
    const struct app_option *o = find_option(usage, text, equals ? (size_t)(equals - text) : strlen(text));
    const char *value;
    if (!o) return app_say(usage->command, APP_USAGE, "The option %s is not known here; --help lists the options.", argv[*at]);
    if (o->on) {
        if (equals) return app_say(usage->command, APP_USAGE, "The option --%s takes no value.", o->name);
        *o->on = 1;
        return APP_GO_ON;
    }
    if (!equals && *at + 1 >= argc) return app_say(usage->command, APP_USAGE, "The option --%s needs a value: %s.", o->name, o->hint);
    value = equals ? equals + 1 : argv[++*at];
    if (o->words) return add_word(usage, o->words, value);
    *o->value = value;
    return APP_GO_ON;
}

int app_parse(const struct app_usage *usage, int argc, char **argv, struct app_words *rest) {
    int i, code = APP_GO_ON, only_words = 0;
    for (i = 1; i < argc && code == APP_GO_ON; i++) {
        const char *arg = argv[i];
        if (!only_words && strcmp(arg, "--") == 0)
            only_words = 1;
        else if (!only_words && (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0))
            return print_help(usage);
        else if (!only_words && strncmp(arg, "--", 2) == 0)
            code = take_option(usage, argc, argv, &i);
        else if (!only_words && arg[0] == '-' && arg[1])
            code = app_say(usage->command, APP_USAGE, "The option %s is not known here; --help lists the options.", arg);
        else if (!rest)
            code = app_say(usage->command, APP_USAGE, "The word %s has no meaning here.", arg);
        else
            code = add_word(usage, rest, arg);
    }
    return code;
}

int app_parse_number(const char *command, const char *option, const char *text, int64_t min, int64_t max, int64_t *number) {
    int64_t n;
    if (!base_parse_int(mx_str_of(text), &n) || n < min || n > max) {
        app_say(command, APP_USAGE, "The option --%s needs a whole number from %lld to %lld, not %s.", option, (long long)min,
                (long long)max, text);
        return 0;
    }
    *number = n;
    return 1;
}
