#include <fcntl.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "net/tls.h"
#include "support/check.h"
#include "support/folder.h"

static struct folder folder;
static struct mx_error err;

static const char *in_folder(const char *name) { return folder_path(&folder, name); }

static mx_status open_with(const char *const *names, uint32_t count, struct net_tls **tls) {
    return net_tls_open(in_folder("tls"), names, count, tls, &err);
}

/* Open and close: the status. */
static mx_status try_open(void) {
    struct net_tls *tls = NULL;
    mx_status st = open_with(NULL, 0, &tls);
    net_tls_free(tls);
    return st;
}

static void fingerprint_now(char text[128]) {
    struct base_arena *arena = base_arena_new(1024);
    struct net_tls *tls = NULL;
    text[0] = '\0';
    if (open_with(NULL, 0, &tls) == MX_OK) {
        struct mx_str print = net_tls_fingerprint(tls, arena);
        memcpy(text, print.ptr, print.len);
        text[print.len] = '\0';
    } else
        printf("# %s\n", err.message);
    net_tls_free(tls);
    base_arena_free(arena);
}

static mode_t mode_of(const char *name) {
    struct stat info;
    return stat(in_folder(name), &info) == 0 ? info.st_mode & 0777 : 0;
}

static size_t slurp(const char *name, char *text, size_t room) {
    int fd = open(in_folder(name), O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, text, room) : 0;
    if (fd >= 0) close(fd);
    return n > 0 ? (size_t)n : 0;
}

static void spill(const char *name, const char *text, size_t len, mode_t mode) {
    int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC, mode);
    CHECK(fd >= 0 && write(fd, text, len) == (ssize_t)len && fchmod(fd, mode) == 0);
    if (fd >= 0) close(fd);
}

TEST(first_start_makes_all_four) {
    struct net_tls *tls = NULL;
    struct net_host name;
    folder_new(&folder);
    CHECK_INT(open_with(NULL, 0, &tls), MX_OK);
    REQUIRE(tls != NULL);
    CHECK_INT(mode_of("tls"), 0700);
    CHECK_INT(mode_of("tls/ca.key"), 0600);
    CHECK_INT(mode_of("tls/server.key"), 0600);
    CHECK_INT(mode_of("tls/ca.crt"), 0644);
    CHECK_INT(mode_of("tls/server.crt"), 0644);
    CHECK(memmem(tls->server.raw.p, tls->server.raw.len, "\x04\x03\x02\x05\x00", 5) == NULL); /* browsers refuse that */
    CHECK(memmem(tls->ca.raw.p, tls->ca.raw.len, "\x04\x03\x02\x05\x00", 5) == NULL);
    CHECK(net_tls_until_ms(tls) > base_now_ms() + 700 * 86400000ll && net_tls_until_ms(tls) < base_now_ms() + 825 * 86400000ll);
    CHECK(net_host_parse(mx_str_of("localhost"), &name) && net_tls_cert_is_for(&tls->server, &name));
    CHECK(net_host_parse(mx_str_of("127.0.0.1"), &name) && net_tls_cert_is_for(&tls->server, &name));
    CHECK(net_host_parse(mx_str_of("::1"), &name) && net_tls_cert_is_for(&tls->server, &name));
    CHECK(net_host_parse(mx_str_of("127.0.0.2"), &name) && !net_tls_cert_is_for(&tls->server, &name));
    CHECK(net_host_parse(mx_str_of("example.com"), &name) && !net_tls_cert_is_for(&tls->server, &name));
    net_tls_free(tls);
    folder_free(&folder);
}

TEST(the_next_start_changes_nothing) {
    static char before[4][4096], after[4][4096];
    static const char *const files[] = {"tls/ca.crt", "tls/ca.key", "tls/server.crt", "tls/server.key"};
    char first[128], second[128];
    size_t i, len;
    folder_new(&folder);
    fingerprint_now(first);
    CHECK_INT(strlen(first), 95);
    for (i = 0; i < 4; i++) CHECK(slurp(files[i], before[i], sizeof(before[i])) > 100);
    fingerprint_now(second);
    CHECK(strcmp(first, second) == 0);
    for (i = 0; i < 4; i++) {
        len = slurp(files[i], after[i], sizeof(after[i]));
        CHECK(memcmp(before[i], after[i], len) == 0);
    }
    folder_free(&folder);
}

TEST(a_new_name_makes_a_new_certificate_of_the_same_ca) {
    static const char *const names[] = {"Shop.Example.com", "192.0.2.7", "2001:db8::7"};
    struct base_arena *arena = base_arena_new(1024);
    struct net_tls *tls = NULL;
    struct net_host name;
    char first[128];
    uint32_t i;
    folder_new(&folder);
    fingerprint_now(first);
    CHECK_INT(open_with(names, 3, &tls), MX_OK);
    REQUIRE(tls != NULL);
    for (i = 0; i < 3; i++) CHECK(net_host_parse(mx_str_of(names[i]), &name) && net_tls_cert_is_for(&tls->server, &name));
    CHECK_STR(net_tls_fingerprint(tls, arena), first);
    net_tls_free(tls);
    base_arena_free(arena);
    folder_free(&folder);
}

TEST(names_that_are_none_are_refused) {
    static const char *const bad[] = {"",    "a b",   "-a",    "a-",        "a..b",          ".a", "a.", "http://a",
                                      "a:1", "[::1]", "1.2.3", "256.1.1.1", "ex\xc3\xa4mple"};
    struct net_tls *tls = NULL;
    size_t i;
    folder_new(&folder);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_INT(open_with(&bad[i], 1, &tls), MX_E_BAD_INPUT);
        CHECK(strcmp(err.field, "names") == 0);
    }
    CHECK_INT(mode_of("tls"), 0);
    folder_free(&folder);
}

TEST(keys_that_others_may_read_are_refused) {
    folder_new(&folder);
    CHECK_INT(try_open(), MX_OK);
    chmod(in_folder("tls/server.key"), 0640);
    CHECK_INT(try_open(), MX_E_FORBIDDEN);
    chmod(in_folder("tls/server.key"), 0600);
    chmod(in_folder("tls/ca.key"), 0604);
    CHECK_INT(try_open(), MX_E_FORBIDDEN);
    chmod(in_folder("tls/ca.key"), 0600);
    chmod(in_folder("tls"), 0777);
    CHECK_INT(try_open(), MX_E_FORBIDDEN);
    chmod(in_folder("tls"), 0700);
    CHECK_INT(try_open(), MX_OK);
    folder_free(&folder);
}

TEST(damaged_files_are_named) {
    static const char *const files[] = {"tls/ca.crt", "tls/ca.key", "tls/server.crt", "tls/server.key"};
    char text[4096];
    size_t i, len;
    folder_new(&folder);
    CHECK_INT(try_open(), MX_OK);
    for (i = 0; i < 4; i++) {
        len = slurp(files[i], text, sizeof(text));
        spill(files[i], text, len / 2, 0600);
        CHECK_INT(try_open(), MX_E_DAMAGED);
        CHECK(strstr(err.message, strchr(files[i], '/') + 1) != NULL);
        spill(files[i], "", 0, 0600);
        CHECK_INT(try_open(), MX_E_DAMAGED);
        spill(files[i], text, len, 0600);
    }
    CHECK_INT(try_open(), MX_OK);
    folder_free(&folder);
}

TEST(what_a_crash_leaves_behind_is_mended) {
    char first[128], second[128];
    folder_new(&folder);
    fingerprint_now(first);
    unlink(in_folder("tls/server.key")); /* between the two files of the server */
    fingerprint_now(second);
    CHECK(strcmp(first, second) == 0);
    unlink(in_folder("tls/server.key"));
    unlink(in_folder("tls/server.crt"));
    unlink(in_folder("tls/ca.crt")); /* between the two files of the CA */
    fingerprint_now(second);
    CHECK(second[0] && strcmp(first, second) != 0);
    folder_free(&folder);
}

TEST(missing_files_that_nobody_but_the_owner_can_bring_back) {
    folder_new(&folder);
    CHECK_INT(try_open(), MX_OK);
    rename(in_folder("tls/ca.crt"), in_folder("away"));
    CHECK_INT(try_open(), MX_E_DAMAGED);
    rename(in_folder("away"), in_folder("tls/ca.crt"));
    rename(in_folder("tls/server.crt"), in_folder("away"));
    CHECK_INT(try_open(), MX_E_DAMAGED); /* a key alone may be somebody's own */
    rename(in_folder("away"), in_folder("tls/server.crt"));
    unlink(in_folder("tls/ca.key")); /* kept elsewhere: fine until something must be made */
    CHECK_INT(try_open(), MX_OK);
    unlink(in_folder("tls/server.key"));
    CHECK_INT(try_open(), MX_E_DAMAGED);
    folder_free(&folder);
}

TEST(somebody_elses_certificate_is_used_as_it_is) {
    char crt[4096], key[4096], again[4096], print[128], ours[128];
    size_t crt_len, key_len;
    folder_new(&folder);
    fingerprint_now(ours);
    crt_len = slurp("tls/server.crt", crt, sizeof(crt));
    key_len = slurp("tls/server.key", key, sizeof(key));
    folder_remove_path(in_folder("tls"));
    CHECK_INT(try_open(), MX_OK);
    spill("tls/server.crt", crt, crt_len, 0644);
    CHECK_INT(try_open(), MX_E_DAMAGED); /* with the key of another */
    spill("tls/server.key", key, key_len, 0600);
    fingerprint_now(print);
    CHECK(print[0] && strcmp(print, ours) != 0);
    CHECK_INT(slurp("tls/server.crt", again, sizeof(again)), crt_len);
    CHECK(memcmp(crt, again, crt_len) == 0);
    unlink(in_folder("tls/ca.crt"));
    unlink(in_folder("tls/ca.key"));
    CHECK_INT(try_open(), MX_OK); /* without any CA of ours */
    folder_free(&folder);
}

/* A certificate of our CA that ends in so many days from now. */
static void put_certificate_ending(int days) {
    struct base_arena *arena = base_arena_new(65536);
    struct net_tls *tls = NULL;
    struct net_tls_names names = {0};
    mbedtls_pk_context ca_key;
    struct mx_str pem = mx_str_of("");
    char text[4096];
    size_t len;
    mbedtls_pk_init(&ca_key);
    CHECK_INT(open_with(NULL, 0, &tls), MX_OK);
    len = slurp("tls/ca.key", text, sizeof(text) - 1);
    text[len] = '\0';
    CHECK_INT(net_mbed_parse_key(&ca_key, text, len + 1, net_tls_random), 0);
    net_tls_names_of_machine(&names);
    CHECK_INT(net_tls_make_server(&tls->ca, &ca_key, &tls->key, &names, base_now_ms() - (800 - days) * 86400000ll, arena, &pem), 0);
    spill("tls/server.crt", pem.ptr, pem.len, 0644);
    mbedtls_pk_free(&ca_key);
    net_tls_free(tls);
    base_arena_free(arena);
}

static int64_t days_left(void) {
    struct net_tls *tls = NULL;
    int64_t days = -1;
    if (open_with(NULL, 0, &tls) == MX_OK) days = (net_tls_until_ms(tls) - base_now_ms()) / 86400000;
    net_tls_free(tls);
    return days;
}

TEST(a_certificate_is_renewed_within_its_last_30_days) {
    folder_new(&folder);
    CHECK_INT(try_open(), MX_OK);
    put_certificate_ending(31);
    CHECK_INT(days_left(), 30);
    put_certificate_ending(29);
    CHECK(days_left() >= 799);
    put_certificate_ending(-10);
    CHECK(days_left() >= 799);
    put_certificate_ending(5);
    unlink(in_folder("tls/ca.key")); /* cannot be renewed: used while it lasts */
    CHECK_INT(days_left(), 4);
    folder_free(&folder);
}

TEST(wildcards_stand_for_one_label) {
    struct base_arena *arena = base_arena_new(65536);
    struct net_tls *tls = NULL;
    struct net_tls_names names = {0};
    struct net_host name;
    struct mx_str pem = mx_str_of("");
    mbedtls_x509_crt cert;
    folder_new(&folder);
    CHECK_INT(open_with(NULL, 0, &tls), MX_OK);
    names.count = 2;
    strcpy(names.at[0].text, "*.example.com");
    strcpy(names.at[1].text, "*.com");
    mbedtls_x509_crt_init(&cert);
    CHECK_INT(net_tls_make_server(&tls->ca, &tls->key, &tls->key, &names, base_now_ms(), arena, &pem), 0);
    REQUIRE(mbedtls_x509_crt_parse(&cert, (const unsigned char *)pem.ptr, pem.len + 1) == 0);
    CHECK(net_host_parse(mx_str_of("shop.example.com"), &name) && net_tls_cert_is_for(&cert, &name));
    CHECK(net_host_parse(mx_str_of("SHOP.EXAMPLE.COM"), &name) && net_tls_cert_is_for(&cert, &name));
    CHECK(net_host_parse(mx_str_of("a.shop.example.com"), &name) && !net_tls_cert_is_for(&cert, &name));
    CHECK(net_host_parse(mx_str_of("example.com"), &name) && !net_tls_cert_is_for(&cert, &name));
    CHECK(net_host_parse(mx_str_of("shop.example.org"), &name) && !net_tls_cert_is_for(&cert, &name));
    mbedtls_x509_crt_free(&cert);
    net_tls_free(tls);
    base_arena_free(arena);
    folder_free(&folder);
}

RUN_TESTS(CASE(first_start_makes_all_four), CASE(the_next_start_changes_nothing), CASE(a_new_name_makes_a_new_certificate_of_the_same_ca),
          CASE(names_that_are_none_are_refused), CASE(keys_that_others_may_read_are_refused), CASE(damaged_files_are_named),
          CASE(what_a_crash_leaves_behind_is_mended), CASE(missing_files_that_nobody_but_the_owner_can_bring_back),
          CASE(somebody_elses_certificate_is_used_as_it_is), CASE(a_certificate_is_renewed_within_its_last_30_days),
          CASE(wildcards_stand_for_one_label))
