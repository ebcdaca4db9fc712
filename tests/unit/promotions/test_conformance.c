/* Carts with their expected prices, byte by byte: tests/data/pricing/conformance.jsonl. Whoever prices a cart otherwise than this
 * file, on whatever machine, is not this engine.
 *
 * MERX_CONFORMANCE=write rewrites the file with the prices as they are now: add a line {"name", "ask"}, write, look at the difference. */
#include "cart.h"
#include "json/json.h"

#define FILE_PATH MERX_TESTS_DIR "/data/pricing/conformance.jsonl"

struct conformance {
    struct mx_str name;
    struct mx_price_ask *ask;
    struct mx_priced *priced;
};

static const struct mx_field conformance_fields[] = {
    MX_F_STR(conformance, name, MX_REQUIRED, 1, 100, "what it shows"),
    MX_F_STRUCT(conformance, ask, MX_REQUIRED, mx_price_ask_type, "the question"),
    MX_F_STRUCT(conformance, priced, 0, mx_priced_type, "the answer"),
};
MX_TYPE(conformance, "conformance", "a cart and its price");

static void *arena_alloc(void *arg, size_t bytes) { return base_arena_alloc(arg, bytes); }

static struct mx_str read_all(struct base_arena *arena, const char *path) {
    struct base_buf buf;
    FILE *file = fopen(path, "rb");
    size_t got = 1;
    base_buf_init(&buf, arena);
    while (file && got > 0) {
        got = fread(base_buf_reserve(&buf, 65536), 1, 65536, file);
        buf.len += got;
    }
    if (file) (void)fclose(file);
    return base_buf_view(&buf);
}

/* How long the search took is no part of the price: a quicker one changes nothing here. */
static void forget_steps(struct mx_priced *priced) {
    uint32_t i;
    for (i = 0; i < priced->proofs.count; i++) ((struct mx_proof *)mx_list_at(&priced->proofs, i))->tried = 0;
}

/* Price one line's question; the line as it ought to be is added to `out`. */
static int price_line(struct base_arena *arena, struct mx_str line, struct base_buf *out) {
    static struct mx_priced priced;
    struct price_memory memory = {arena_alloc, arena};
    struct conformance one;
    struct mx_error err;
    if (json_decode(arena, &conformance_type, line, JSON_WIRE, &one, &err) != MX_OK) {
        printf("# %s %s: %.60s\n", err.field, err.message, line.ptr);
        return 0;
    }
    if (!one.ask->stacking || !price_cart(one.ask, &memory, &priced)) return 0;
    forget_steps(&priced);
    one.priced = &priced;
    json_encode(out, &conformance_type, &one, 0);
    base_buf_char(out, '\n');
    return 1;
}

static void show_difference(struct mx_str expected, struct mx_str got) {
    uint32_t at = 0, from;
    while (at < expected.len && at < got.len && expected.ptr[at] == got.ptr[at]) at++;
    from = at > 80 ? at - 80 : 0;
    printf("# expected ...%.*s\n# got      ...%.*s\n", (int)(expected.len - from < 160 ? expected.len - from : 160), expected.ptr + from,
           (int)(got.len - from < 160 ? got.len - from : 160), got.ptr + from);
}

TEST(every_cart_costs_what_the_file_says) {
    struct base_arena *arena = base_arena_new(1 << 20);
    struct mx_str text = read_all(arena, FILE_PATH);
    struct base_buf all;
    uint32_t at = 0, lines = 0, alike = 0;
    const char *mode = getenv("MERX_CONFORMANCE");

    base_buf_init(&all, NULL);
    while (at < text.len) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        uint32_t len = end ? (uint32_t)(end - text.ptr) - at : text.len - at;
        size_t before = all.len;
        struct mx_str line = mx_str_n(text.ptr + at, len), got;
        REQUIRE(price_line(arena, line, &all));
        got = mx_str_n(all.ptr + before, all.len - before - 1);
        if (mx_str_eq(line, got))
            alike++;
        else if (!mode)
            show_difference(line, got);
        lines++;
        at += len + 1;
    }
    if (mode) {
        FILE *file = fopen(FILE_PATH, "wb");
        REQUIRE(file && fwrite(all.ptr, 1, all.len, file) == all.len && fclose(file) == 0);
        printf("# wrote %u lines\n", lines);
    } else {
        CHECK_INT(alike, lines);
    }
    CHECK(lines >= 60);
    base_buf_fini(&all);
    base_arena_free(arena);
    json_fini();
}

RUN_TESTS(CASE(every_cart_costs_what_the_file_says))
