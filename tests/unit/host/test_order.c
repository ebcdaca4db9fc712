/* The order of a plugin's life, and what happens when one refuses. */
#include "small_shop.h"
#include "support/check.h"

static char steps[200];

static mx_status fails_in_load, fails_in_start;

static void step(const char *name) {
    strcat(steps, steps[0] ? " " : "");
    strcat(steps, name);
}

static mx_status tea_load(const struct mx_host *host) {
    const struct mx_op_api *op = (const struct mx_op_api *)host->get(host, "mx.op", 0);
    step("tea.load");
    CHECK(op && op->size >= sizeof(*op));
    CHECK(host->get(host, "mx.op", 99) == NULL);
    CHECK(host->get(host, "mx.nothing", 0) == NULL);
    CHECK_INT(host->abi_minor, MX_ABI_MINOR);
    return MX_OK;
}
static mx_status tea_start(void) {
    step("tea.start");
    return MX_OK;
}
static void tea_stop(void) { step("tea.stop"); }
static void tea_unload(void) { step("tea.unload"); }

static mx_status cup_load(const struct mx_host *host) {
    (void)host;
    step("cup.load");
    return fails_in_load;
}
static mx_status cup_start(void) {
    step("cup.start");
    return fails_in_start;
}
static void cup_stop(void) { step("cup.stop"); }
static void cup_unload(void) { step("cup.unload"); }

struct nothing {
    int64_t none;
};
static const struct mx_field nothing_fields[] = {MX_F_INT(nothing, none, 0, 0, 1, "nothing")};
MX_TYPE(nothing, "nothing", "nothing");
static mx_status do_nothing(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    (void)in;
    (void)out;
    return MX_OK;
}
static const struct mx_op wash = {sizeof(struct mx_op), 0,          "cup.wash", "wash", "cup.wash", &nothing_type,
                                  &nothing_type,        do_nothing, NULL,       0,      0,          "0.1"};
static const struct mx_op nameless = {sizeof(struct mx_op), 0,          "cup.break", "break", NULL, &nothing_type,
                                      &nothing_type,        do_nothing, NULL,        0,       0,    "0.1"};
static const struct mx_op *const good_ops[] = {&wash, NULL};
static const struct mx_op *const bad_ops[] = {&wash, &nameless, NULL}; /* an operation without a permission */

static struct mx_plugin tea(void) {
    struct mx_plugin p = {.size = sizeof(p), .abi_minor = MX_ABI_MINOR, .name = "tea", .version = "1.0"};
    p.load = tea_load;
    p.start = tea_start;
    p.stop = tea_stop;
    p.unload = tea_unload;
    return p;
}

static struct mx_plugin cup(const struct mx_op *const *ops) {
    struct mx_plugin p = {.size = sizeof(p), .abi_minor = MX_ABI_MINOR, .name = "cup", .version = "1.0"};
    p.ops = ops;
    p.load = cup_load;
    p.start = cup_start;
    p.stop = cup_stop;
    p.unload = cup_unload;
    return p;
}

static void begin(struct small_shop *shop) {
    struct mx_plugin first = tea();
    steps[0] = 0;
    fails_in_load = fails_in_start = MX_OK;
    small_shop_open(shop);
    MUST(host_admit(shop->host, "tea", &first, NULL));
}

TEST(a_life_ends_in_reverse_order) {
    struct small_shop shop;
    struct mx_plugin second = cup(good_ops);
    struct mx_error err = {0};
    begin(&shop);
    CHECK_INT(host_admit(shop.host, "cup", &second, &err), MX_OK);
    CHECK_INT(small_shop_start(&shop, &err), MX_OK);
    CHECK(op_find(shop.op, mx_str_of("cup.wash")) != NULL);
    small_shop_close(&shop);
    CHECK_STR(mx_str_of(steps), "tea.load cup.load tea.start cup.start cup.stop tea.stop cup.unload tea.unload");
}

TEST(who_refuses_to_load_leaves_nothing) {
    struct small_shop shop;
    struct mx_plugin second = cup(good_ops);
    struct mx_error err = {0};
    begin(&shop);
    fails_in_load = MX_E_BAD_INPUT;
    CHECK_INT(host_admit(shop.host, "cup", &second, &err), MX_E_BAD_PLUGIN);
    CHECK(strstr(err.message, "cup") != NULL);
    CHECK(op_find(shop.op, mx_str_of("cup.wash")) == NULL);
    CHECK_INT(small_shop_start(&shop, &err), MX_OK);
    small_shop_close(&shop);
    CHECK_STR(mx_str_of(steps), "tea.load cup.load tea.start tea.stop tea.unload");
}

TEST(what_cannot_be_registered_is_unloaded) {
    struct small_shop shop;
    struct mx_plugin second = cup(bad_ops);
    struct mx_error err = {0};
    begin(&shop);
    CHECK_INT(host_admit(shop.host, "cup", &second, &err), MX_E_BAD_PLUGIN);
    CHECK(strstr(err.message, "cup.break") != NULL);
    CHECK(op_find(shop.op, mx_str_of("cup.wash")) == NULL);
    small_shop_close(&shop);
    CHECK_STR(mx_str_of(steps), "tea.load cup.load cup.unload tea.unload");
}

TEST(a_failed_start_stops_those_started) {
    struct small_shop shop;
    struct mx_plugin second = cup(good_ops);
    struct mx_error err = {0};
    begin(&shop);
    fails_in_start = MX_E_IO;
    CHECK_INT(host_admit(shop.host, "cup", &second, &err), MX_OK);
    CHECK_INT(small_shop_start(&shop, &err), MX_E_BAD_PLUGIN);
    CHECK(strstr(err.message, "cup") != NULL);
    small_shop_close(&shop);
    CHECK_STR(mx_str_of(steps), "tea.load cup.load tea.start cup.start tea.stop cup.unload tea.unload");
}

RUN_TESTS(CASE(a_life_ends_in_reverse_order), CASE(who_refuses_to_load_leaves_nothing), CASE(what_cannot_be_registered_is_unloaded),
          CASE(a_failed_start_stops_those_started))
