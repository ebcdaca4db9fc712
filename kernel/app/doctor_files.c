/* What doctor looks at among the shop's files: keys, data, backups, checkpoints, TLS. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/clock.h"
#include "crypto/crypto.h"
#include "net/net.h"
#include "json/json.h"

#define DAY_MS         (24 * 60 * 60 * 1000LL)
#define CHECKPOINT_MAX (64u << 20)

static void look_at_key(struct app_doctor *doctor) {
    struct crypto_keys *keys = NULL;
    struct mx_error err = {0};
    mx_status st = crypto_init(&err);
    if (st == MX_OK) st = crypto_keys_open(doctor->key_file, &keys, &err);
    if (st == MX_E_NOT_FOUND)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "key-file",
                        "The key file %s is missing. Put a copy back: without it nobody can read the data.", doctor->key_file);
    else if (st != MX_OK)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "key-file", "%s", err.message);
    else
        app_doctor_tell(doctor, APP_DOCTOR_OK, "key-file",
                        "%s is private and sound; persons stand under its epoch %u. Keep a fresh copy of it apart from data and backups.",
                        doctor->key_file, (unsigned)crypto_keys_epoch(keys));
    if (keys) crypto_keys_free(keys);
}

static void look_at_folder(struct app_doctor *doctor) {
    struct stat st;
    if (stat(doctor->data, &st) != 0 || !S_ISDIR(st.st_mode))
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "data-folder", "%s is not a folder that can be read.", doctor->data);
    else if (st.st_mode & 0077)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "data-folder", "Others may enter %s: chmod 700 %s.", doctor->data, doctor->data);
    else if (st.st_uid != geteuid() && geteuid() != 0)
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "data-folder", "%s belongs to somebody else; look as the user who serves it.",
                        doctor->data);
    else
        app_doctor_tell(doctor, APP_DOCTOR_OK, "data-folder", "%s is private.", doctor->data);
}

static void look_at_format(struct app_doctor *doctor) {
    const char *path = app_path(doctor->arena, doctor->data, "/format");
    struct mx_error err = {0};
    struct mx_str text;
    int number = 0;
    if (app_read_all(doctor->arena, path, 64, &text, &err) != MX_OK || sscanf(text.ptr, "merx-data %d", &number) != 1)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "format", "%s does not say how the data is laid out: restore a backup.", path);
    else if (number > STORE_FORMAT)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "format", "The data has format %d, this program knows up to %d: use a newer one.", number,
                        STORE_FORMAT);
    else if (number < STORE_FORMAT)
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "format", "The data has format %d; the next start brings it to %d. Make a backup before.",
                        number, STORE_FORMAT);
    else
        app_doctor_tell(doctor, APP_DOCTOR_OK, "format", "The data has format %d.", number);
    doctor->format = number;
}

static void look_at_backup(struct app_doctor *doctor) {
    struct store_backup about;
    struct mx_error err = {0};
    mx_status st = store_backup_last(doctor->data, &about, &err);
    int64_t age_ms;
    if (st == MX_NONE) {
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "backup", "There is no record of a backup: merx backup --help.");
        return;
    }
    if (st != MX_OK) {
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "backup", "The record of the last backup cannot be read: %s",
                        err.message[0] ? err.message : base_status_text(st));
        return;
    }
    age_ms = base_now_ms() - about.at_ms;
    app_doctor_tell(doctor, age_ms > 2 * DAY_MS ? APP_DOCTOR_WARN : APP_DOCTOR_OK, "backup",
                    "The last backup is of %s, up to event %lld.%s", base_time_text(doctor->arena, about.at_ms).ptr, (long long)about.seq,
                    age_ms > 2 * DAY_MS ? " Make one every day." : "");
}

/* The last whole line of the file of checkpoints. */
static struct mx_str last_line(struct mx_str text) {
    const char *feed;
    while (text.len && text.ptr[text.len - 1] == '\n') text.len--;
    feed = text.len ? memrchr(text.ptr, '\n', text.len) : NULL;
    return feed ? mx_str_n(feed + 1, text.len - (size_t)(feed + 1 - text.ptr)) : text;
}

static void look_at_checkpoint(struct app_doctor *doctor) {
    const char *path = app_path(doctor->arena, doctor->data, ".checkpoint");
    const struct json_value *seq = NULL, *at = NULL;
    struct json_value *root;
    struct mx_str text;
    if (access(path, F_OK) != 0) {
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "checkpoint",
                        "There is no %s yet; a served shop begins one. Copy it elsewhere now and then.", path);
        return;
    }
    if (app_read_all(doctor->arena, path, CHECKPOINT_MAX, &text, NULL) == MX_OK &&
        json_parse(doctor->arena, last_line(text), &root, NULL) == MX_OK) {
        seq = json_member(root, "seq");
        at = json_member(root, "at");
    }
    if (seq && at && at->kind == JSON_INT)
        app_doctor_tell(doctor, APP_DOCTOR_OK, "checkpoint", "The log was last signed at event %lld, %s. merx verify compares them.",
                        (long long)seq->number, base_time_text(doctor->arena, at->number).ptr);
    else
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "checkpoint", "The last line of %s is no checkpoint: merx verify says what is sound.",
                        path);
}

static void look_at_tls(struct app_doctor *doctor) {
    struct mx_error err = {0};
    int64_t until_ms = 0, left_ms;
    const char *when;
    if (access(doctor->tls, F_OK) != 0) {
        app_doctor_tell(doctor, APP_DOCTOR_OK, "tls", "There is no certificate; serve --listen-tls makes one in %s.", doctor->tls);
        return;
    }
    if (net_tls_look(doctor->tls, &until_ms, &err) != MX_OK) {
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "tls", "%s", err.message);
        return;
    }
    left_ms = until_ms - base_now_ms();
    when = base_time_text(doctor->arena, until_ms).ptr;
    if (left_ms < 0)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "tls", "The certificate ended %s: start the shop anew, or bring a new one.", when);
    else if (left_ms < 30 * DAY_MS)
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "tls", "The certificate ends %s: start the shop anew before, or bring a new one.", when);
    else
        app_doctor_tell(doctor, APP_DOCTOR_OK, "tls", "The certificate holds until %s.", when);
}

void app_doctor_files(struct app_doctor *doctor) {
    look_at_key(doctor);
    look_at_folder(doctor);
    look_at_format(doctor);
    look_at_backup(doctor);
    look_at_checkpoint(doctor);
    look_at_tls(doctor);
}
