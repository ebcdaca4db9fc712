/* fuzz_json SECONDS [SEED]: differential fuzzing of the JSON room against jansson.
 *
 * Texts are generated and mutated; both sides must agree on taking or refusing each, and on its value. Where they differ
 * on purpose, the difference is worked out from jansson's own tree, so it is checked too: we refuse fractions, exponents,
 * integers beyond +-(2^53-1), -0, a NUL behind the value and more than 32 levels. Texts also go through the struct
 * codec: what it reads as a record must be written back and read again to the same bytes. Exits with 1 and prints the
 * text on a finding. */
/* Names that both sides have. */
#define json_copy   jansson_copy
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY  JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_NULL   JANSSON_NULL
#include <jansson.h>
#undef json_copy
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_NULL

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "fuzz/json_texts.h"
#include "unit/json/types.h"
#include "json/json.h"

#define POOL 256u

static struct base_arena *arena;
static uint64_t runs, taken, refused, on_purpose, records;

/* ---- what is expected ---- */

/* 1 when jansson's tree holds what we refuse on purpose. */
static int refused_by_tree(json_t *value, uint32_t depth) {
    const char *name;
    json_t *child;
    size_t i;
    switch (json_typeof(value)) {
    case JSON_REAL:
        return 1;
    case JSON_INTEGER:
        return json_integer_value(value) > MX_INT_MAX || json_integer_value(value) < -MX_INT_MAX;
    case JANSSON_ARRAY:
        json_array_foreach(value, i, child) {
            if (refused_by_tree(child, depth + 1)) return 1;
        }
        return depth >= JSON_MAX_DEPTH;
    case JANSSON_OBJECT:
        json_object_foreach(value, name, child) {
            if (refused_by_tree(child, depth + 1)) return 1;
        }
        return depth >= JSON_MAX_DEPTH;
    default:
        return 0;
    }
}

/* 1 when the text, known to be valid JSON, has a -0 outside its strings. */
static int has_minus_zero(struct mx_str text) {
    uint32_t i;
    int inside = 0;
    for (i = 0; i + 1 < text.len; i++) {
        if (inside && text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '"')
            inside = !inside;
        else if (!inside && text.ptr[i] == '-' && text.ptr[i + 1] == '0')
            return 1;
    }
    return 0;
}

/* A NUL behind the value ends the text for jansson. */
static int has_nul(struct mx_str text) { return text.len && memchr(text.ptr, 0, text.len) != NULL; }

static int same_value(const struct json_value *ours, json_t *theirs);

static int same_children(const struct json_value *ours, json_t *theirs) {
    const struct json_value *child;
    size_t count = 0;
    for (child = ours->first; child; child = child->next, count++) {
        json_t *other =
            ours->kind == JSON_ARRAY ? json_array_get(theirs, count) : json_object_getn(theirs, child->name.ptr, child->name.len);
        if (other == NULL || !same_value(child, other)) return 0;
    }
    return count == (ours->kind == JSON_ARRAY ? json_array_size(theirs) : json_object_size(theirs));
}

static int same_value(const struct json_value *ours, json_t *theirs) {
    switch (json_typeof(theirs)) {
    case JANSSON_OBJECT:
        return ours->kind == JSON_OBJECT && same_children(ours, theirs);
    case JANSSON_ARRAY:
        return ours->kind == JSON_ARRAY && same_children(ours, theirs);
    case JANSSON_STRING:
        return ours->kind == JSON_STRING && mx_str_eq(ours->text, mx_str_n(json_string_value(theirs), json_string_length(theirs)));
    case JSON_INTEGER:
        return ours->kind == JSON_INT && ours->number == json_integer_value(theirs);
    case JSON_TRUE:
        return ours->kind == JSON_BOOL && ours->number == 1;
    case JSON_FALSE:
        return ours->kind == JSON_BOOL && ours->number == 0;
    case JANSSON_NULL:
        return ours->kind == JSON_NULL;
    default:
        return 0;
    }
}

/* Our canonical text, but with the upper-case digits that jansson writes in escapes. */
static struct mx_str shout(struct mx_str canonical) {
    struct mx_str copy = base_arena_dup(arena, canonical);
    char *p = (char *)(uintptr_t)copy.ptr;
    uint32_t i, k;
    for (i = 0; i + 1 < copy.len; i++) {
        if (p[i] != '\\') continue;
        i++;
        for (k = 1; p[i] == 'u' && k <= 4; k++) {
            if (p[i + k] >= 'a' && p[i + k] <= 'f') p[i + k] = (char)(p[i + k] - 'a' + 'A');
        }
    }
    return copy;
}

static const char *check_canonical(struct mx_str text, json_t *theirs) {
    char *dump = json_dumps(theirs, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    struct mx_str once, twice;
    const char *finding = NULL;
    if (json_canonical(arena, text, SIZE_MAX, &once, NULL) != MX_OK)
        finding = "json_canonical refuses what json_parse takes";
    else if (json_canonical(arena, once, once.len, &twice, NULL) != MX_OK || !mx_str_eq(once, twice))
        finding = "the canonical text is not stable";
    else if (dump == NULL || !mx_str_is(shout(once), dump))
        finding = "the canonical text differs from jansson's sorted dump";
    free(dump);
    return finding;
}

/* ---- one text ---- */

static const char *check_text(struct mx_str text) {
    json_t *theirs = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    struct json_value *ours = NULL;
    struct mx_error err;
    mx_status st = json_parse(arena, text, &ours, &err);
    int purpose = theirs && (refused_by_tree(theirs, 0) || has_minus_zero(text) || has_nul(text));
    const char *finding = NULL;
    if (st == MX_OK && theirs == NULL)
        finding = "taken by us, refused by jansson";
    else if (st == MX_OK && purpose)
        finding = "taken by us, but to be refused on purpose";
    else if (st != MX_OK && theirs && !purpose)
        finding = "refused by us, taken by jansson";
    else if (st != MX_OK && (st != err.status || !err.message[0] || (st != MX_E_BAD_INPUT && st != MX_E_DOUBLED_FIELD)))
        finding = "refused with a wrong error";
    else if (st == MX_OK && !same_value(ours, theirs))
        finding = "another value than jansson's";
    else if (st == MX_OK)
        finding = check_canonical(text, theirs);
    taken += st == MX_OK;
    refused += st != MX_OK;
    on_purpose += (uint64_t)purpose;
    json_decref(theirs);
    return finding;
}

/* A text read as a record is written to a canonical text, which is read and written to the same bytes. */
static const char *check_record(struct mx_str text) {
    struct thing record, again;
    struct base_buf once, twice;
    struct mx_str canonical;
    struct mx_error err;
    struct all all;
    mx_status wire = json_decode(arena, &all_type, text, JSON_WIRE, &all, &err);
    if (wire == MX_OK && json_canonical(arena, text, SIZE_MAX, &canonical, NULL) != MX_OK) return "decoded, but not valid JSON";
    if (json_decode(arena, &thing_type, text, JSON_STORE, &record, &err) != MX_OK) return err.message[0] ? NULL : "an error without words";
    records++;
    if (json_canonical(arena, text, SIZE_MAX, &canonical, NULL) != MX_OK) return "a record that is not valid JSON";
    base_buf_init(&once, arena);
    base_buf_init(&twice, arena);
    json_encode(&once, &thing_type, &record, 0);
    if (json_canonical(arena, base_buf_view(&once), SIZE_MAX, &canonical, NULL) != MX_OK) return "a record was written as invalid JSON";
    if (!mx_str_eq(canonical, base_buf_view(&once))) return "a record was not written canonically";
    if (json_decode(arena, &thing_type, base_buf_view(&once), JSON_STORE, &again, &err) != MX_OK) return "a written record cannot be read";
    json_encode(&twice, &thing_type, &again, 0);
    return mx_str_eq(base_buf_view(&once), base_buf_view(&twice)) ? NULL : "a record changed when it was read and written";
}

/* The text in a block of exactly its size, so that a sanitizer sees each byte read beyond it. */
static int try_text(const struct base_buf *made) {
    char *exact = malloc(made->len ? made->len : 1);
    struct mx_str text;
    const char *finding;
    uint32_t i;
    if (exact == NULL) abort();
    if (made->len) memcpy(exact, made->ptr, made->len);
    text = mx_str_n(exact, made->len);
    finding = check_text(text);
    if (finding == NULL) finding = check_record(text);
    if (finding) {
        printf("FINDING: %s\ntext of %u bytes: ", finding, text.len);
        for (i = 0; i < text.len; i++) {
            unsigned char c = (unsigned char)text.ptr[i];
            printf(c >= 0x20 && c < 0x7f && c != '\\' ? "%c" : c == '\\' ? "\\\\" : "\\x%02x", c);
        }
        printf("\n");
    }
    free(exact);
    base_arena_reset(arena);
    runs++;
    return finding != NULL;
}

/* ---- the run ---- */

static int hex_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

static void add_line(struct base_buf *text, const char *line) {
    size_t i, len = strcspn(line, "\n");
    for (i = 0; i < len; i++) {
        if (line[i] == '\\' && line[i + 1] == 'x') {
            base_buf_char(text, (char)(hex_digit(line[i + 2]) * 16 + hex_digit(line[i + 3])));
            i += 3;
        } else {
            if (line[i] == '\\') i++;
            base_buf_char(text, line[i]);
        }
    }
}

/* Begin with the corpus of the unit tests, as far as there is room; the rest is generated. */
static void fill_pool(struct base_buf *pool) {
    FILE *file = fopen(MERX_TESTS_DIR "/data/json/conformance.txt", "r");
    char line[8192];
    uint32_t i = 0;
    while (file && i < POOL / 2 && fgets(line, sizeof(line), file)) {
        base_buf_init(&pool[i], NULL);
        if (line[0] != '#' && pick(3) == 0) add_line(&pool[i++], line + 2);
    }
    if (file) fclose(file);
    for (; i < POOL; i++) {
        base_buf_init(&pool[i], NULL);
        generate(&pool[i]);
    }
}

static int run(struct base_buf *pool, struct base_buf *text, int64_t until_ms) {
    while (base_steady_ms() < until_ms) {
        uint32_t round, changes;
        for (round = 0; round < 500; round++) {
            struct base_buf *from = &pool[pick(POOL)];
            text->len = 0;
            if (pick(3) == 0)
                generate(text);
            else
                base_buf_add(text, from->ptr, from->len);
            for (changes = pick(4); changes; changes--) mutate(text, &pool[pick(POOL)]);
            if (try_text(text)) return 1;
            if (text->len > TEXT_MAX || pick(16)) continue;
            from->len = 0;
            base_buf_add(from, text->ptr, text->len);
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    static struct base_buf pool[POOL];
    struct base_buf text;
    int64_t seconds = argc > 1 ? atoll(argv[1]) : 0, seed = argc > 2 ? atoll(argv[2]) : base_now_ms();
    int found;
    uint32_t i;
    if (seconds <= 0) {
        fprintf(stderr, "usage: fuzz_json SECONDS [SEED]\n");
        return 2;
    }
    base_random_seed_from(&random_state, (uint64_t)seed);
    arena = base_arena_new(1 << 16);
    base_buf_init(&text, NULL);
    fill_pool(pool);
    found = run(pool, &text, base_steady_ms() + seconds * 1000);
    printf("seed %lld: %llu texts, %llu taken, %llu refused, %llu of these refused on purpose, %llu records: %s\n", (long long)seed,
           (unsigned long long)runs, (unsigned long long)taken, (unsigned long long)refused, (unsigned long long)on_purpose,
           (unsigned long long)records, found ? "a finding" : "no finding");
    for (i = 0; i < POOL; i++) base_buf_fini(&pool[i]);
    base_buf_fini(&text);
    base_arena_free(arena);
    json_fini();
    printf("%d passed, %d failed\n", !found, found);
    return found;
}
