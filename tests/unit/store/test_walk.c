/* Write sets over the database against a plain sorted array: random commands in random groups, walked in both directions
 * after every few writes. */
#include <stdlib.h>

#include "base/id.h"
#include "shop.h"
#include "support/check.h"

#define KEY_BYTES 6
#define SPACE     STORE_SPACE_JOBS

/* ---- the model: keys and values in order ---- */

struct pair {
    uint8_t key[KEY_BYTES];
    uint32_t key_len;
    uint32_t value;
};

struct model {
    struct pair *pairs;
    uint32_t count;
};

static int key_cmp(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len) {
    int c = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return c ? c : (a_len > b_len) - (a_len < b_len);
}

/* Place of the first pair >= key. */
static uint32_t model_at(const struct model *model, const uint8_t *key, size_t len) {
    uint32_t i = 0;
    while (i < model->count && key_cmp(model->pairs[i].key, model->pairs[i].key_len, key, len) < 0) i++;
    return i;
}

static int model_has(const struct model *model, uint32_t i, const uint8_t *key, size_t len) {
    return i < model->count && key_cmp(model->pairs[i].key, model->pairs[i].key_len, key, len) == 0;
}

static void model_put(struct model *model, const uint8_t *key, uint32_t len, uint32_t value) {
    uint32_t i = model_at(model, key, len);
    if (!model_has(model, i, key, len)) {
        model->pairs = realloc(model->pairs, (model->count + 1) * sizeof(*model->pairs));
        memmove(&model->pairs[i + 1], &model->pairs[i], (model->count - i) * sizeof(*model->pairs));
        model->count++;
    }
    memcpy(model->pairs[i].key, key, len);
    model->pairs[i].key_len = len;
    model->pairs[i].value = value;
}

static void model_del(struct model *model, const uint8_t *key, uint32_t len) {
    uint32_t i = model_at(model, key, len);
    if (!model_has(model, i, key, len)) return;
    memmove(&model->pairs[i], &model->pairs[i + 1], (model->count - i - 1) * sizeof(*model->pairs));
    model->count--;
}

static void model_copy(struct model *to, const struct model *from) {
    to->pairs = realloc(to->pairs, (from->count + 1) * sizeof(*to->pairs));
    if (from->count) memcpy(to->pairs, from->pairs, from->count * sizeof(*to->pairs));
    to->count = from->count;
}

/* ---- random keys: few different bytes, so that they meet often ---- */

static uint32_t random_key(struct base_random *random, uint8_t key[KEY_BYTES]) {
    static const uint8_t bytes[] = {0, 1, 'a', 'b', 0xFE, 0xFF};
    uint32_t len = (uint32_t)(base_random_next(random) % (KEY_BYTES + 1));
    for (uint32_t i = 0; i < len; i++) key[i] = bytes[base_random_next(random) % sizeof(bytes)];
    return len;
}

static struct store_span span_of(const void *bytes, size_t len) { return (struct store_span){bytes, len}; }

static void write_one(struct store_view *view, struct model *model, struct base_random *random) {
    uint8_t key[KEY_BYTES];
    uint32_t len = random_key(random, key), value = (uint32_t)base_random_next(random);
    if (base_random_next(random) % 3) {
        CHECK_INT(store_raw_put(view, SPACE, span_of(key, len), span_of(&value, sizeof(value))), MX_OK);
        model_put(model, key, len, value);
    } else {
        CHECK_INT(store_raw_del(view, SPACE, span_of(key, len)), MX_OK);
        model_del(model, key, len);
    }
}

static void get_one(struct store_view *view, const struct model *model, struct base_random *random) {
    uint8_t key[KEY_BYTES];
    uint32_t len = random_key(random, key), i = model_at(model, key, len);
    struct store_span value;
    mx_status st = store_raw_get(view, SPACE, span_of(key, len), &value);
    CHECK_INT(st, model_has(model, i, key, len) ? MX_OK : MX_NONE);
    if (st == MX_OK) CHECK(value.len == 4 && memcmp(value.ptr, &model->pairs[i].value, 4) == 0);
}

/* The whole walk from a random start must be the model's. */
static void walk_one(struct store_view *view, const struct model *model, struct base_random *random) {
    int reverse = (int)(base_random_next(random) % 2), wrong = 0;
    uint8_t key[KEY_BYTES];
    uint32_t len = random_key(random, key), i = model_at(model, key, len);
    struct store_span got_key, got_value;
    struct store_walk *walk;
    if (reverse && len == 0)
        i = model->count;
    else if (reverse && model_has(model, i, key, len))
        i++;
    CHECK_INT(store_walk_open(view, SPACE, span_of(key, len), reverse, &walk), MX_OK);
    while (store_walk_next(walk, &got_key, &got_value) == MX_OK) {
        const struct pair *want;
        if (reverse ? i == 0 : i == model->count) {
            wrong++;
            break;
        }
        want = reverse ? &model->pairs[--i] : &model->pairs[i++];
        wrong += key_cmp(got_key.ptr, got_key.len, want->key, want->key_len) != 0 || memcmp(got_value.ptr, &want->value, 4) != 0;
    }
    CHECK(i == (reverse ? 0 : model->count));
    CHECK_INT(wrong, 0);
    CHECK_INT(store_walk_next(walk, &got_key, &got_value), MX_DONE);
}

/* Write behind, at and before a standing walk: what comes must be what the model holds beyond the place at that moment. */
static void walk_while_writing(struct store_view *view, struct model *model, struct base_random *random) {
    int reverse = (int)(base_random_next(random) % 2), wrong = 0, steps = 0;
    uint8_t at[KEY_BYTES];
    size_t at_len = 0;
    struct store_span key, value;
    struct store_walk *walk;
    CHECK_INT(store_walk_open(view, SPACE, span_of(NULL, 0), reverse, &walk), MX_OK);
    for (;;) {
        const struct pair *want = NULL;
        uint32_t i = model_at(model, at, at_len);
        mx_status st;
        if (!reverse) {
            if (steps && model_has(model, i, at, at_len)) i++;
            if (i < model->count) want = &model->pairs[i];
        } else {
            if (steps == 0) i = model->count;
            if (i > 0) want = &model->pairs[i - 1];
        }
        st = store_walk_next(walk, &key, &value);
        if (st != MX_OK) {
            wrong += want != NULL;
            break;
        }
        if (!want || key_cmp(key.ptr, key.len, want->key, want->key_len) != 0 || memcmp(value.ptr, &want->value, 4) != 0) {
            wrong++;
            break;
        }
        memcpy(at, key.ptr, key.len);
        at_len = key.len;
        steps++;
        if (steps > 15) continue;
        for (uint64_t n = base_random_next(random) % 3; n > 0; n--) write_one(view, model, random);
    }
    CHECK_INT(wrong, 0);
}

static void one_command(struct shop *shop, struct store_group *group, struct model *model, struct base_random *random) {
    struct base_arena *arena = base_arena_new(16 << 10);
    struct model own = {NULL, 0};
    struct store_view *view;
    model_copy(&own, model);
    CHECK_INT(store_write_begin(group, arena, &view), MX_OK);
    for (int i = 0; i < 12; i++) {
        uint64_t what = base_random_next(random) % 8;
        if (what < 5)
            write_one(view, &own, random);
        else if (what == 5)
            get_one(view, &own, random);
        else if (what == 6)
            walk_one(view, &own, random);
        else
            walk_while_writing(view, &own, random);
    }
    if (base_random_next(random) % 4) {
        CHECK_INT(store_write_apply(view), MX_OK);
        model_copy(model, &own);
    } else
        store_write_drop(view); /* nothing of it may stay */
    free(own.pairs);
    base_arena_free(arena);
    (void)shop;
}

static void check_snapshot(struct shop *shop, const struct model *model, struct base_random *random) {
    struct store_view *view;
    base_arena_reset(shop->arena);
    view = shop_read(shop);
    for (int i = 0; i < 3; i++) walk_one(view, model, random);
    store_read_end(view);
}

static void run_seed(uint64_t seed, int groups) {
    struct shop shop;
    struct base_random random;
    struct model durable = {NULL, 0}, open = {NULL, 0};
    base_random_seed_from(&random, seed);
    shop_new(&shop);
    shop_start(&shop);
    for (int g = 0; g < groups; g++) {
        struct store_group *group;
        REQUIRE(store_group_begin(shop.store, &group) == MX_OK);
        model_copy(&open, &durable);
        for (uint64_t n = 1 + base_random_next(&random) % 5; n > 0; n--) one_command(&shop, group, &open, &random);
        check_snapshot(&shop, &durable, &random); /* readers do not see an open group */
        if (base_random_next(&random) % 5) {
            CHECK_INT(store_group_commit(group), MX_OK);
            model_copy(&durable, &open);
        } else
            store_group_abort(group);
        check_snapshot(&shop, &durable, &random);
    }
    free(durable.pairs);
    free(open.pairs);
    shop_free(&shop);
}

TEST(random_walks) {
    for (uint64_t seed = 1; seed <= 8; seed++) run_seed(seed, 30);
}

/* Neighbouring spaces must not be seen, whatever their keys. */
TEST(spaces_are_apart) {
    struct shop shop;
    struct shop_command command;
    struct store_span key, value;
    struct store_walk *walk;
    struct store_view *view;
    shop_new(&shop);
    shop_start(&shop);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_raw_put(view, SPACE - 1, span_of("\xFF\xFF\xFF", 3), span_of("a", 1)), MX_OK);
    CHECK_INT(store_raw_put(view, SPACE + 1, span_of("", 0), span_of("b", 1)), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    view = shop_begin(&shop, &command);
    for (int round = 0; round < 2; round++) {
        for (int reverse = 0; reverse < 2; reverse++) {
            int n = 0;
            CHECK_INT(store_walk_open(view, SPACE, span_of(NULL, 0), reverse, &walk), MX_OK);
            while (store_walk_next(walk, &key, &value) == MX_OK) n++;
            CHECK_INT(n, round);
        }
        CHECK_INT(store_raw_put(view, SPACE, span_of("", 0), span_of("c", 1)), MX_OK);
    }
    shop_drop(&command);
    shop_free(&shop);
}

TEST(limits_of_raw_records) {
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    struct store_span value;
    char *large = calloc(1, 5u << 20);
    shop_new(&shop);
    shop_start(&shop);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_raw_put(view, SPACE, span_of(large, 509), span_of("v", 1)), MX_OK);
    CHECK_INT(store_raw_put(view, SPACE, span_of(large, 510), span_of("v", 1)), MX_E_TOO_LARGE);
    CHECK_INT(store_raw_put(view, SPACE, span_of("k", 1), span_of(large, 5u << 20)), MX_E_TOO_LARGE);
    CHECK_INT(store_raw_put(view, SPACE, span_of("k", 1), span_of(large, (4u << 20) - 8)), MX_OK);
    CHECK_INT(store_raw_put(view, SPACE, span_of("l", 1), span_of(large, (4u << 20) - 8)), MX_E_BUDGET);
    CHECK_INT(store_raw_put(view, SPACE, span_of("e", 1), span_of(NULL, 0)), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    view = shop_read(&shop);
    CHECK_INT(store_raw_get(view, SPACE, span_of("k", 1), &value), MX_OK);
    CHECK_INT(value.len, (4u << 20) - 8);
    CHECK_INT(store_raw_get(view, SPACE, span_of("e", 1), &value), MX_OK);
    CHECK_INT(value.len, 0);
    CHECK_INT(store_raw_put(view, SPACE, span_of("k", 1), value), MX_E_READ_ONLY);
    CHECK_INT(store_raw_del(view, SPACE, span_of("k", 1)), MX_E_READ_ONLY);
    store_read_end(view);
    free(large);
    shop_free(&shop);
}

TEST(numbers_are_gapless) {
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    int64_t number = 0;
    shop_new(&shop);
    shop_start(&shop);
    for (int i = 1; i <= 3; i++) {
        view = shop_begin(&shop, &command);
        CHECK_INT(store_next_number(view, "receipt", mx_str_of("till-1"), &number), MX_OK);
        CHECK_INT(number, 2 * i - 1);
        CHECK_INT(store_next_number(view, "receipt", mx_str_of("till-1"), &number), MX_OK);
        CHECK_INT(number, 2 * i);
        CHECK_INT(store_next_number(view, "receipt", mx_str_of("till-2"), &number), MX_OK);
        CHECK_INT(number, i);
        CHECK_INT(store_next_number(view, "receip", mx_str_of("ttill-2"), &number), MX_OK);
        CHECK_INT(number, i);
        CHECK_INT(shop_commit(&command), MX_OK);
        view = shop_begin(&shop, &command);
        CHECK_INT(store_next_number(view, "receipt", mx_str_of("till-1"), &number), MX_OK);
        shop_drop(&command); /* given back */
    }
    view = shop_read(&shop);
    CHECK_INT(store_next_number(view, "receipt", mx_str_of("till-1"), &number), MX_E_READ_ONLY);
    store_read_end(view);
    shop_free(&shop);
}

RUN_TESTS(CASE(random_walks), CASE(spaces_are_apart), CASE(limits_of_raw_records), CASE(numbers_are_gapless))
