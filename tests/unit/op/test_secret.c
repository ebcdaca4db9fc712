/* Secrets that plugins keep: each plugin, purpose and record apart from every other. */
#include "fixture.h"
#include "op/internal.h"

struct speaker {
    struct op_ctx ctx;
    struct store_view *view;
};

static int speak(struct fixture *f, const char *plugin, struct speaker *speaker) {
    if (store_read_begin(f->store, f->arena, &speaker->view) != MX_OK) return 0;
    op_ctx_init(&speaker->ctx, f->op, f->arena, speaker->view, &f->owner, "test", op_owner_find(f->op, plugin), 1, fixture_clock());
    return speaker->ctx.owner != NULL;
}

TEST(what_is_sealed_opens_for_its_plugin_and_its_record_alone) {
    struct fixture f;
    struct speaker toy, helper;
    struct mx_str sealed, again, plain, secret = mx_str_of("2M33HZ-T9EP6A-GMV7N3"), id = mx_str_of("cpn_1");
    REQUIRE(fixture_open(&f));
    REQUIRE(speak(&f, "toy", &toy) && speak(&f, "helper", &helper));
    sealed = mx_seal(&toy.ctx.pub, secret, id);
    again = mx_seal(&toy.ctx.pub, secret, id);
    CHECK(!mx_str_eq(sealed, again));
    CHECK(memmem(sealed.ptr, sealed.len, "2M33HZ", 6) == NULL);
    CHECK_INT(mx_unseal(&toy.ctx.pub, sealed, id, &plain), MX_OK);
    CHECK_STR(plain, "2M33HZ-T9EP6A-GMV7N3");
    CHECK_INT(mx_unseal(&toy.ctx.pub, sealed, mx_str_of("cpn_2"), &plain), MX_E_DAMAGED);
    CHECK_INT(mx_unseal(&helper.ctx.pub, sealed, id, &plain), MX_E_DAMAGED);
    CHECK_INT(mx_unseal(&toy.ctx.pub, mx_str_of("?"), id, &plain), MX_E_DAMAGED);
    store_read_end(toy.view);
    store_read_end(helper.view);
    fixture_close(&f);
}

TEST(a_keyed_hash_is_of_its_plugin_and_its_purpose) {
    struct fixture f;
    struct speaker toy, helper;
    uint8_t hash[MX_HASH_BYTES], other[MX_HASH_BYTES];
    REQUIRE(fixture_open(&f));
    REQUIRE(speak(&f, "toy", &toy) && speak(&f, "helper", &helper));
    mx_keyed_hash(&toy.ctx.pub, "code", mx_str_of("abc"), hash);
    mx_keyed_hash(&toy.ctx.pub, "code", mx_str_of("abc"), other);
    CHECK(memcmp(hash, other, sizeof(hash)) == 0);
    mx_keyed_hash(&toy.ctx.pub, "code", mx_str_of("abd"), other);
    CHECK(memcmp(hash, other, sizeof(hash)) != 0);
    mx_keyed_hash(&toy.ctx.pub, "codea", mx_str_of("bc"), other);
    CHECK(memcmp(hash, other, sizeof(hash)) != 0);
    mx_keyed_hash(&helper.ctx.pub, "code", mx_str_of("abc"), other);
    CHECK(memcmp(hash, other, sizeof(hash)) != 0);
    mx_hash(&toy.ctx.pub, "code", mx_str_of("abc"), other);
    CHECK(memcmp(hash, other, sizeof(hash)) != 0);
    store_read_end(toy.view);
    store_read_end(helper.view);
    fixture_close(&f);
}

TEST(chance_is_never_the_same) {
    struct fixture f;
    struct speaker toy;
    uint8_t a[16] = {0}, b[16] = {0};
    REQUIRE(fixture_open(&f));
    REQUIRE(speak(&f, "toy", &toy));
    mx_random(&toy.ctx.pub, a, sizeof(a));
    mx_random(&toy.ctx.pub, b, sizeof(b));
    CHECK(memcmp(a, b, sizeof(a)) != 0);
    store_read_end(toy.view);
    fixture_close(&f);
}

RUN_TESTS(CASE(what_is_sealed_opens_for_its_plugin_and_its_record_alone), CASE(a_keyed_hash_is_of_its_plugin_and_its_purpose),
          CASE(chance_is_never_the_same))
