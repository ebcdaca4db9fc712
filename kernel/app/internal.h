/* What the files of this room share. */
#ifndef APP_INTERNAL_H
#define APP_INTERNAL_H

#include <signal.h>
#include <stddef.h>

#include "app/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "host/host.h"
#include "op/op.h"

/* ---- cli.c: options and messages ---- */

#define APP_WORDS_MAX 512

struct app_words {
    const char *at[APP_WORDS_MAX];
    uint32_t count;
};

/* `--name VALUE` (value: the last one counts, words: all of them) or the switch `--name` (on). */
struct app_option {
    const char *name; /* without the dashes; NULL ends a list */
    const char *hint; /* what VALUE is, for the help */
    const char *doc;
    const char **value;
    struct app_words *words;
    int *on;
};

struct app_usage {
    const char *command;
    const char *rest_hint; /* what stands besides options, e.g. "OP [JSON]"; NULL = nothing may */
    const char *doc;
    const struct app_option *options;
};

#define APP_GO_ON (-1)

/* Fill the options from argv. APP_GO_ON, or the exit code: APP_OK after --help, APP_USAGE after a message. */
int app_parse(const struct app_usage *usage, int argc, char **argv, struct app_words *rest);

/* A whole number within min..max: 1, or 0 after a message. */
int app_parse_number(const char *command, const char *option, const char *text, int64_t min, int64_t max, int64_t *number);

/* "merx COMMAND: message" on standard error; returns `code`. */
int app_say(const char *command, int code, const char *format, ...) MX_PRINTF(3, 4);

/* The message of an error, with the field at fault; returns the exit code that fits the status. */
int app_say_error(const char *command, const struct mx_error *err);

/* ---- config.c ---- */

/* NULL, or what the value of this option must be: "needs a whole number from 1 to 9". */
typedef const char *(*app_check_fn)(struct base_arena *arena, const char *name, const char *value);

/* Set what the command line left unset from a file of `name = value` lines: names as the options, `yes` and `no` for
 * switches, a list by repeating its line, comments from a # at the beginning. APP_GO_ON, or the exit code after a message
 * with file and line. Values live in the arena. Defaults are set behind this. */
int app_config_read(struct base_arena *arena, const struct app_usage *usage, const char *path, app_check_fn check);

/* ---- paths.c ---- */

/* The data folder's name without trailing slashes. */
struct mx_str app_data_path(struct base_arena *arena, const char *data);
/* <data><tail>, a C string in the arena. */
const char *app_path(struct base_arena *arena, const char *data, const char *tail);
/* <folder of this program>/plugins. */
const char *app_plugin_dir(struct base_arena *arena);
/* 1 when there is nothing: no such folder, or an empty one. */
int app_is_vacant(const char *dir);
/* 1 when somebody answers at <data>/merx.sock. */
int app_is_served(struct base_arena *arena, const char *data);
/* Flush a folder's own entries. */
MX_MUST_CHECK mx_status app_sync_dir(const char *dir, struct mx_error *err);
/* Remove a folder and the plain files in it. */
void app_remove_flat(const char *dir);
/* The folder that `path` stands in. */
const char *app_parent(struct base_arena *arena, const char *path);
/* All of a file or, for "-", of standard input. MX_E_NOT_FOUND, MX_E_TOO_LARGE, MX_E_IO. */
MX_MUST_CHECK mx_status app_read_all(struct base_arena *arena, const char *path, size_t max, struct mx_str *text, struct mx_error *err);
/* Write a file and flush it. */
MX_MUST_CHECK mx_status app_write_file(const char *path, const void *bytes, size_t len, struct mx_error *err);

/* ---- boot.c: open everything in order, close it in reverse ---- */

#define APP_NODE "n1" /* one node for now: a chain gives each its code */

struct app_shop_opts {
    const char *data;
    const char *key_file;            /* NULL = <data>.key */
    const char *rules;               /* folder of rule files; NULL = no rules */
    const char *plugin_dir;          /* NULL = beside the program */
    const struct app_words *plugins; /* further plugins, by name; may be NULL */
    uint32_t group_max;
    uint32_t workers;
    int create;
    int look;             /* 1: nothing is changed, as store_open() says */
    int64_t lock_wait_ms; /* how long to wait for a folder in use */
    op_send_fn send;      /* how messages leave; NULL = they wait */
    void (*send_end)(void *arg);
    void *send_arg;
    int checkpoints; /* 1: append signed checkpoints to <data>.checkpoint */
};

struct app_shop {
    struct base_arena *arena;
    struct crypto_keys *keys;
    struct store *store;
    struct identity *identity;
    struct bus *bus;
    struct op_kernel *op;
    struct host *host;
    int has_rules;
    int running;
};

/* Open the shop up to the point where calls could run. On failure everything is closed again. */
MX_MUST_CHECK mx_status app_shop_open(const struct app_shop_opts *opts, struct app_shop *shop, struct mx_error *err);
/* Start the writer and the workers. */
MX_MUST_CHECK mx_status app_shop_start(struct app_shop *shop, struct mx_error *err);
void app_shop_close(struct app_shop *shop);

/* Admit the kernel's own plugins, those of the product and the named ones. */
MX_MUST_CHECK mx_status app_admit_all(struct host *host, const char *dir, const struct app_words *named, struct mx_error *err);

/* Run an operation as the kernel itself; the answer is in `call`. MX_OK, or the call's error with its sentence. */
MX_MUST_CHECK mx_status app_run(struct app_shop *shop, struct base_arena *arena, const char *op, const char *key, struct mx_str body,
                                struct op_call *call, struct mx_error *err);

/* ---- cmd_call.c ---- */

struct app_fetch {
    const char *url; /* http://, https:// or unix: */
    const char *ca;  /* CAs for https; NULL = the system's */
    const char *op;
    const char *key;  /* API key, may be empty */
    const char *idem; /* idempotency key */
    struct mx_str body;
    int64_t timeout_ms;
};

/* Call an operation of a serving shop. MX_E_BAD_INPUT: the keys cannot be sent; MX_E_IO. */
MX_MUST_CHECK mx_status app_fetch(struct base_arena *arena, const struct app_fetch *fetch, int *http_status, struct mx_str *body,
                                  struct mx_error *err);
/* The same in a shop opened by this process (url and ca do not count); the answer is in `call`. Any thread. */
void app_run_as(struct app_shop *shop, struct base_arena *arena, const struct app_fetch *fetch, struct op_call *call);
/* An idempotency key that nobody else makes, NULL when there are no random numbers. */
const char *app_fresh_key(struct base_arena *arena);

/* ---- merx rules: cmd_rules.c, cmd_rules_link.c, cmd_rules_print.c ---- */

/* The shop that is asked: served, opened here, or made for this one question. */
struct app_link {
    struct base_arena *arena;
    const char *url, *ca; /* served */
    const char *key;      /* API key */
    struct app_shop shop; /* opened here */
    int opened;
    const char *temporary; /* folder to remove at the end */
    sigset_t held, before; /* signals that end it, held back until all is put away, and those that were held before */
};
struct app_link_opts {
    const char *data, *url, *ca, *plugin_dir;
    struct app_words plugins;
};

/* Returns APP_GO_ON, or the exit code after a message. Without data and url a shop is made for it. From here to app_link_close()
 * no Ctrl-C ends the process: it is asked for with app_link_stopped(), so that nothing is left behind. */
int app_link_open(struct app_link *link, const struct app_link_opts *opts);
void app_link_close(struct app_link *link);
/* 1 when somebody wants the process to end. */
int app_link_stopped(const struct app_link *link);
/* Ask an operation: 1 and its answer, or 0 and what was wrong in a sentence. Any thread. */
int app_link_ask(struct app_link *link, struct base_arena *arena, const char *op, struct mx_str body, struct mx_str *answer);
/* The same of a heavy query, telling on standard error how far it is: `noun` is what is counted. Cancelled when it is to stop. */
int app_link_ask_long(struct app_link *link, struct base_arena *arena, const char *op, struct mx_str body, const char *noun,
                      struct mx_str *answer);

struct json_value;
/* A member that is a number; 0 = there is none. */
int64_t app_number_of(const struct json_value *value, const char *name);
void app_print_findings(const struct json_value *answer);
void app_print_tests(const struct json_value *answer);
void app_print_backtest(const struct json_value *answer);
void app_print_hunt(const struct json_value *answer);

/* ---- backups: cmd_backup.c, cmd_backup_file.c, cmd_backup_pull.c ---- */

struct app_tape; /* the file of a backup */

MX_MUST_CHECK mx_status app_tape_read(struct base_arena *arena, const char *path, struct app_tape **tape, struct store_backup_io *io,
                                      struct mx_error *err);
/* A new private file beside `path`, which app_tape_keep() gives its name; app_tape_close() removes it otherwise. */
MX_MUST_CHECK mx_status app_tape_write(struct base_arena *arena, const char *path, struct app_tape **tape, struct store_backup_io *io,
                                       struct mx_error *err);
MX_MUST_CHECK mx_status app_tape_flush(struct app_tape *tape, struct mx_error *err);
const char *app_tape_path(const struct app_tape *tape);
MX_MUST_CHECK mx_status app_tape_keep(struct app_tape *tape, const char *path, struct mx_error *err);
void app_tape_close(struct app_tape *tape);

/* Ask a serving shop for a backup with the key in MERX_KEY. ca: for https, the certificate that signed the shop's. */
MX_MUST_CHECK mx_status app_backup_pull(struct base_arena *arena, const char *url, const char *ca, const struct store_backup_io *io,
                                        struct mx_error *err);

/* ---- cmd_init.c ---- */

struct app_settings {
    const char *currency;
    const char *country;
    const char *zone;
    int64_t digits;
    int tax_included;
    int practice; /* its clock may be moved */
};

/* CNY with 2 digits, CN, Asia/Shanghai, tax included. */
void app_settings_default(struct app_settings *settings);

/* Make a shop. key: the owner's API key, in the arena. MX_E_EXISTS: there is one. */
MX_MUST_CHECK mx_status app_make_shop(struct base_arena *arena, const char *data, const struct app_settings *settings, struct mx_str *key,
                                      struct mx_error *err);

/* ---- demo.c, rules.c: what the build put into the program ---- */

struct app_file {
    const char *name; /* NULL ends a list */
    const unsigned char *bytes;
    size_t len;
};
extern const struct app_file app_rule_files[];
extern const struct app_file app_demo_files[];
extern const struct app_file app_plugin_files[];  /* templates of merx plugin new */
extern const struct app_file app_licence_files[]; /* by Debian package, or by the licence's name */

struct app_library {
    const char *name; /* NULL ends the list */
    const char *version;
    const char *licence;
    const char *package; /* of Debian */
};
extern const struct app_library app_libraries[];

/* Fill a shop that has no products with the demo range, through operations. */
MX_MUST_CHECK mx_status app_fill_demo(struct app_shop *shop, struct mx_error *err);

/* Write the default rules to `dir`, unless it is there. */
MX_MUST_CHECK mx_status app_write_rules(const char *dir, struct mx_error *err);

/* ---- plugin_new.c, plugin_check.c: merx plugin ---- */

/* Write the folder `name` with a whole plugin. Returns the exit code. */
int app_plugin_new(struct base_arena *arena, const char *name);
/* Print whether NAME.so would be loaded and what it brings. Returns the exit code: APP_OK when it would. */
int app_plugin_check(struct base_arena *arena, const char *file, int json);
/* host_look(), tried in a process apart before: a file that crashes when it is loaded does not take the report with it. */
MX_MUST_CHECK mx_status app_plugin_look(const char *dir, const char *name, host_found_fn found, void *arg, struct mx_plugin *plugin);

/* ---- cmd_doctor.c, doctor_files.c, doctor_machine.c, doctor_shop.c ---- */

#define APP_DOCTOR_OK   0
#define APP_DOCTOR_WARN 1
#define APP_DOCTOR_FAIL 2

struct app_doctor {
    struct base_arena *arena;
    const char *data, *key_file, *tls, *rules, *plugin_dir;
    struct app_words plugins;
    struct base_buf lines; /* the report for a person */
    struct base_buf list;  /* as JSON */
    int format;            /* of the data; 0 = not known */
    int failed;
};
void app_doctor_tell(struct app_doctor *doctor, int level, const char *check, const char *format, ...) MX_PRINTF(4, 5);
void app_doctor_files(struct app_doctor *doctor);
void app_doctor_machine(struct app_doctor *doctor);
void app_doctor_shop(struct app_doctor *doctor);

/* ---- serve.c: one run of the open shop ---- */

struct app_serve {
    const char *data;
    const char *listen;
    const char *listen_tls; /* NULL = none */
    const char *tls;        /* folder of CA and certificate */
    const char *rules;
    const char *plugin_dir;
    const char *ca; /* CAs that the way out trusts; NULL = the system's */
    struct app_words plugins;
    struct app_words names; /* further names in the certificate */
    struct app_words allow; /* private addresses that may be called */
    int64_t group;
    int64_t threads;
    int demo;
    const char *proxy; /* address of the shop's own proxy; NULL = none */
};

struct app_start;
/* arg: a struct app_serve. Returns the exit code. */
int app_serve_once(void *arg, const struct app_start *start);

/* ---- outside.c ---- */

struct net_way;
/* The way out for the outbox. *way NULL: there is none, messages wait. MX_E_BAD_INPUT: the CAs named do not serve. */
MX_MUST_CHECK mx_status app_way_open(const struct app_serve *serve, struct net_way **way, struct mx_error *err);
/* An op_send_fn whose arg is a struct net_way. */
mx_status app_send(void *way, struct base_arena *arena, const struct op_request *request, struct op_reply *reply, struct mx_error *err);
void app_send_end(void *way);

/* ---- supervisor.c ---- */

struct app_start {
    const char *listen;
    const char *listen_tls; /* NULL = none */
    int verify;             /* 1: the run before ended badly, look at everything first */
    int ready_fd;           /* where to report both ports, as text and a line feed; -1 = say it on standard output */
};

/* Run serve() in a child and keep it running: see serve.c. first: the addresses as asked for. Returns the exit code. */
int app_supervise(const struct app_start *first, int (*serve)(void *arg, const struct app_start *start), void *arg);

/* "ready http://HOST:PORT", and with TLS a second line with https, on standard output. */
void app_print_ready(const struct app_start *start, int port, int tls_port);
/* The same address with another port, in the arena. */
const char *app_with_port(struct base_arena *arena, const char *listen, int port);

/* ---- apart.c ---- */

/* Run fn(arg) in a process of its own, before this one has threads. Its exit code, or minus the signal that ended it. */
int app_run_apart(int (*fn)(void *arg), void *arg);

#endif
