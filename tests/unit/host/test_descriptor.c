/* Which descriptors are admitted: made by hand, as a plugin built against older or newer headers would bring them. */
#include <stdlib.h>

#include "host/internal.h"
#include "support/check.h"

/* What a later header may append. */
struct longer_plugin {
    struct mx_plugin known;
    void *more[2];
};

static struct mx_plugin plain(const char *name) {
    struct mx_plugin p;
    memset(&p, 0, sizeof(p));
    p.size = (uint32_t)sizeof(p);
    p.abi_major = MX_ABI_MAJOR;
    p.abi_minor = MX_ABI_MINOR;
    p.name = name;
    p.version = "1.0";
    return p;
}

static struct host *looking_host(void) {
    struct host *host = NULL;
    if (host_new(NULL, &host, NULL) != MX_OK) abort();
    return host;
}

static mx_status admit(const char *name, const struct mx_plugin *plugin, struct mx_error *err) {
    struct host *host = looking_host();
    mx_status st;
    memset(err, 0, sizeof(*err));
    st = host_admit(host, name, plugin, err);
    host_free(host);
    return st;
}

TEST(a_descriptor_of_today_is_admitted) {
    struct mx_plugin p = plain("tea");
    struct host *host = looking_host();
    uint32_t at = 0;
    const struct mx_plugin *listed;
    CHECK_INT(host_admit(host, "tea", &p, NULL), MX_OK);
    listed = host_next(host, &at);
    REQUIRE(listed);
    CHECK(strcmp(listed->name, "tea") == 0);
    CHECK(host_next(host, &at) == NULL);
    host_free(host);
}

TEST(an_older_descriptor_is_filled_up_with_zeroes) {
    struct mx_plugin p = plain("tea"), copy;
    uint32_t older = (uint32_t)offsetof(struct mx_plugin, load);
    memset((char *)&p + older, 0xff, sizeof(p) - older); /* what lies behind it is none of ours */
    p.size = older;
    REQUIRE(host_descriptor_copy("tea", &p, &copy, NULL) == MX_OK);
    CHECK_INT(copy.size, sizeof(copy));
    CHECK(copy.load == NULL && copy.start == NULL && copy.stop == NULL && copy.unload == NULL);
    CHECK(strcmp(copy.version, "1.0") == 0);
}

TEST(a_longer_descriptor_needs_a_zero_tail) {
    struct longer_plugin longer;
    struct mx_error err;
    int word = 0;
    memset(&longer, 0, sizeof(longer));
    longer.known = plain("tea");
    longer.known.size = (uint32_t)sizeof(longer);
    CHECK_INT(admit("tea", &longer.known, &err), MX_OK);
    longer.more[1] = &word;
    CHECK_INT(admit("tea", &longer.known, &err), MX_E_BAD_PLUGIN);
    CHECK(strstr(err.message, "newer contract"));
}

TEST(the_major_must_be_equal) {
    struct mx_plugin p = plain("tea");
    struct mx_error err;
    p.abi_major = MX_ABI_MAJOR + 1;
    CHECK_INT(admit("tea", &p, &err), MX_E_BAD_PLUGIN);
    CHECK(strcmp(err.field, "abi_major") == 0);
}

TEST(the_minor_may_not_be_newer) {
    struct mx_plugin p = plain("tea");
    struct mx_error err;
    p.abi_minor = MX_ABI_MINOR + 1;
    CHECK_INT(admit("tea", &p, &err), MX_E_BAD_PLUGIN);
    CHECK(strcmp(err.field, "abi_minor") == 0);
    p.abi_minor = 0;
    CHECK_INT(admit("tea", &p, &err), MX_OK);
}

TEST(a_truncated_descriptor_is_refused) {
    struct mx_plugin p = plain("tea");
    struct mx_error err;
    p.size = (uint32_t)offsetof(struct mx_plugin, name);
    CHECK_INT(admit("tea", &p, &err), MX_E_BAD_PLUGIN);
    CHECK_INT(admit("tea", NULL, &err), MX_E_BAD_PLUGIN);
}

TEST(names_are_checked) {
    static const char *const bad[] = {
        "", "Tea", "te-a", "../tea", "tea.so", "1tea", "_tea", "te a", "t\xc3\xa9", "tea/", "a23456789012345678901234567890123"};
    struct mx_plugin p;
    struct mx_error err;
    size_t i;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        p = plain(bad[i]);
        CHECK_INT(admit(bad[i], &p, &err), MX_E_BAD_PLUGIN);
    }
    p = plain("a2345678901234567890123456789_12");
    CHECK_INT(admit(p.name, &p, &err), MX_OK);
    p = plain("coffee");
    CHECK_INT(admit("tea", &p, &err), MX_E_BAD_PLUGIN);
    CHECK(strstr(err.message, "coffee"));
    p.name = NULL;
    CHECK_INT(admit("tea", &p, &err), MX_E_BAD_PLUGIN);
}

TEST(a_name_is_taken_once) {
    struct mx_plugin p = plain("tea");
    struct host *host = looking_host();
    CHECK_INT(host_admit(host, "tea", &p, NULL), MX_OK);
    CHECK_INT(host_admit(host, "tea", &p, NULL), MX_E_BAD_PLUGIN);
    host_free(host);
}

TEST(declarations_say_their_own_size) {
    struct {
        struct mx_op known;
        uint64_t more;
    } op;
    const struct mx_op *list[] = {&op.known, NULL};
    struct mx_plugin p = plain("tea");
    struct mx_error err;
    memset(&op, 0, sizeof(op));
    p.ops = list;
    op.known.size = (uint32_t)sizeof(op);
    CHECK_INT(admit("tea", &p, &err), MX_OK);
    op.more = 1;
    CHECK_INT(admit("tea", &p, &err), MX_E_BAD_PLUGIN);
    CHECK(strcmp(err.field, "operation") == 0);
    op.known.size = 8;
    CHECK_INT(admit("tea", &p, &err), MX_E_BAD_PLUGIN);
}

RUN_TESTS(CASE(a_descriptor_of_today_is_admitted), CASE(an_older_descriptor_is_filled_up_with_zeroes),
          CASE(a_longer_descriptor_needs_a_zero_tail), CASE(the_major_must_be_equal), CASE(the_minor_may_not_be_newer),
          CASE(a_truncated_descriptor_is_refused), CASE(names_are_checked), CASE(a_name_is_taken_once),
          CASE(declarations_say_their_own_size))
