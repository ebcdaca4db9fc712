/* The shop's signature over other things: bound to the bytes, the domain and the shop. */
#include "unit/bus/fixture.h"

TEST(a_signature_holds_for_its_bytes_and_its_domain_alone) {
    struct fixture f;
    uint8_t signature[CRYPTO_SIGNATURE];
    fixture_open(&f);
    bus_sign(f.bus, STR("script/version"), STR("ten percent"), signature);
    CHECK(bus_sign_check(f.bus, STR("script/version"), STR("ten percent"), signature));
    CHECK(!bus_sign_check(f.bus, STR("script/version"), STR("all percent"), signature));
    CHECK(!bus_sign_check(f.bus, STR("script/versio"), STR("nten percent"), signature));
    CHECK(!bus_sign_check(f.bus, STR("other/version"), STR("ten percent"), signature));
    signature[7] ^= 1;
    CHECK(!bus_sign_check(f.bus, STR("script/version"), STR("ten percent"), signature));
    fixture_close(&f);
}

TEST(another_shop_signs_otherwise) {
    struct fixture f, g;
    uint8_t signature[CRYPTO_SIGNATURE];
    fixture_open(&f);
    bus_sign(f.bus, STR("script/version"), STR("ten percent"), signature);
    fixture_close(&f);
    fixture_open(&g);
    CHECK(!bus_sign_check(g.bus, STR("script/version"), STR("ten percent"), signature));
    fixture_close(&g);
}

RUN_TESTS(CASE(a_signature_holds_for_its_bytes_and_its_domain_alone), CASE(another_shop_signs_otherwise))
