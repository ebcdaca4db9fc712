/* A backup from a shop that serves: GET /v1/backup, straight into the file. */
#include <stdlib.h>
#include <string.h>

#include "app/internal.h"
#include "net/net.h"
#include "json/json.h"

#define SILENCE_MS 60000

static mx_status refused(struct base_arena *arena, const struct net_answer *answer, struct mx_error *err) {
    struct json_value *problem;
    const struct json_value *detail = NULL;
    if (json_parse(arena, answer->body, &problem, NULL) == MX_OK) detail = json_member(problem, "detail");
    if (detail && detail->kind == JSON_STRING)
        return base_fail(err, MX_E_REFUSED, NULL, "The serving shop refused: %.*s", (int)detail->text.len, detail->text.ptr);
    return base_fail(err, MX_E_REFUSED, NULL, "The serving shop refused with status %d.", answer->status);
}

mx_status app_backup_pull(struct base_arena *arena, const char *url, const char *ca, const struct store_backup_io *io,
                          struct mx_error *err) {
    const char *key = getenv("MERX_KEY");
    struct net_pull pull = {url, ca, "/v1/backup", NULL, SILENCE_MS, io->write, io->arg};
    struct net_answer answer = {0};
    mx_status st;
    if (!key || !*key) return base_fail(err, MX_E_NO_KEY, NULL, "The shop is being served: put an API key into MERX_KEY.");
    if (key[strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")])
        return base_fail(err, MX_E_NO_KEY, NULL, "What stands in MERX_KEY is not an API key.");
    pull.headers = base_arena_printf(arena, "Authorization: Bearer %s\r\n", key).ptr;
    st = net_pull(arena, &pull, &answer, err);
    if (st == MX_OK && answer.status != 200) st = refused(arena, &answer, err);
    return st;
}
