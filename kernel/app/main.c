/* merx: finds the word on the command line and hands over. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "merx/plugin.h"

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *doc;
} commands[] = {
    {"init", app_cmd_init, "make a shop"},
    {"serve", app_cmd_serve, "open the shop: serve its operations over HTTP"},
    {"call", app_cmd_call, "run one operation"},
    {"rules", app_cmd_rules, "check, test, backtest and hunt rule files"},
    {"ops", app_cmd_ops, "list all operations"},
    {"verify", app_cmd_verify, "check every record, index and ledger"},
    {"dump", app_cmd_dump, "print the records as lines of JSON"},
    {"backup", app_cmd_backup, "write the whole shop to one sealed file, or check such a file"},
    {"restore", app_cmd_restore, "make a shop's folder out of a backup"},
    {"plugin", app_cmd_plugin, "begin a plugin, check a plugin's file"},
    {"doctor", app_cmd_doctor, "look at a shop's surroundings and say what to do"},
    {"licenses", app_cmd_licenses, "print the licences of all that is inside"},
    {"version", cmd_version, "print the version"},
    {"help", cmd_help, "print this, or what a command does"},
};

/* merx help COMMAND is merx COMMAND --help. */
static int help_for(const char *word, char *command) {
    char option[] = "--help", *words[] = {command, option, NULL};
    size_t i;
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(word, commands[i].name) == 0 && commands[i].run != cmd_help && commands[i].run != cmd_version)
            return commands[i].run(2, words);
    fprintf(stderr, "merx: there is no help for %s; merx help lists the commands.\n", word);
    return APP_USAGE;
}

static int cmd_help(int argc, char **argv) {
    size_t i;
    if (argc == 2 && strcmp(argv[1], "--help") != 0) return help_for(argv[1], argv[1]);
    puts("usage: merx COMMAND [options]\n");
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) printf("  %-8s %s\n", commands[i].name, commands[i].doc);
    puts("\nmerx help COMMAND says more about one of them.");
    return APP_OK;
}

static int cmd_version(int argc, char **argv) {
    (void)argc;
    (void)argv;
    printf("merx %s (contract %d.%d)\n", MERX_VERSION, MX_ABI_MAJOR, MX_ABI_MINOR);
    return APP_OK;
}

int main(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "";
    size_t i;
    app_prepare_process();
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) word = "help";
    if (strcmp(word, "--version") == 0) word = "version";
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(word, commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
    if (*word)
        fprintf(stderr, "merx: there is no command called %s; merx help lists them.\n", word);
    else
        fprintf(stderr, "merx: a command is missing; merx help lists them.\n");
    return APP_USAGE;
}
