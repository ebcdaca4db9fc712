#include "net/internal.h"
#include "support/check.h"

struct wanted {
    struct mx_str sku;
    int64_t limit, since;
    uint8_t deep;
    int32_t order;
    struct mx_list tags;
    struct mx_list names;
};

static const char *const orders[] = {"up", "down", NULL};

static const struct mx_field wanted_fields[] = {
    MX_F_STR(wanted, sku, MX_REQUIRED, 1, 40, "what"),
    MX_F_INT(wanted, limit, 0, 1, 100, "how many"),
    MX_F_TIME(wanted, since, 0, "from when"),
    MX_F_BOOL(wanted, deep, 0, "all of it"),
    MX_F_ENUM(wanted, order, 0, orders, "which first"),
    MX_F_STRS(wanted, tags, 0, 0, 9, "with these"),
    MX_F_MAP(wanted, names, 0, 0, 9, "not for a query"),
};
MX_TYPE(wanted, "wanted", "A type for a test.");

static struct base_arena *arena;
static struct mx_error err;

static const char *body_of(const char *query) {
    struct mx_str body;
    memset(&err, 0, sizeof(err));
    if (net_query_body(arena, &wanted_type, mx_str_of(query), &body, &err) != MX_OK) return NULL;
    return base_arena_dup(arena, body).ptr;
}

static void is(const char *query, const char *body) {
    const char *got = body_of(query);
    if (got == NULL || strcmp(got, body) != 0) printf("# %s: %s\n", query, got ? got : err.message);
    CHECK(got != NULL && strcmp(got, body) == 0);
}

static void refused(const char *query, mx_status status, const char *field) {
    CHECK(body_of(query) == NULL);
    CHECK_INT(err.status, status);
    CHECK(strcmp(err.field, field) == 0);
    CHECK(err.message[0] != '\0');
}

TEST(parameters_become_members) {
    arena = base_arena_new(4096);
    is("", "{}");
    is("sku=tea-1", "{\"sku\":\"tea-1\"}");
    is("sku=tea-1&limit=20&deep=true", "{\"sku\":\"tea-1\",\"limit\":20,\"deep\":true}");
    is("deep=false&since=-5&order=down", "{\"deep\":false,\"since\":-5,\"order\":\"down\"}");
    is("sku=20", "{\"sku\":\"20\"}");
    is("sku=", "{\"sku\":\"\"}");
    is("sku", "{\"sku\":\"\"}");
    is("&&sku=a&", "{\"sku\":\"a\"}");
    is("tags=red,green", "{\"tags\":[\"red\",\"green\"]}");
    is("tags=", "{\"tags\":[]}");
    base_arena_free(arena);
}

TEST(percent_and_plus_are_decoded) {
    arena = base_arena_new(4096);
    is("sku=a+b%20c%2Bd", "{\"sku\":\"a b c+d\"}");
    is("sku=%E8%8c%B6%26x%3d1", "{\"sku\":\"\xe8\x8c\xb6&x=1\"}");
    is("%73ku=a", "{\"sku\":\"a\"}");
    is("sku=a=b", "{\"sku\":\"a=b\"}");
    is("sku=%22%5C%0a", "{\"sku\":\"\\\"\\\\\\n\"}");
    is("limit=%32%30", "{\"limit\":20}");
    base_arena_free(arena);
}

TEST(wrong_parameters_are_named) {
    arena = base_arena_new(4096);
    refused("colour=red", MX_E_UNKNOWN_FIELD, "colour");
    refused("SKU=a", MX_E_UNKNOWN_FIELD, "SKU");
    refused("=a", MX_E_UNKNOWN_FIELD, "");
    refused("sku=a&sku=b", MX_E_DOUBLED_FIELD, "sku");
    refused("sku=a&%73ku=a", MX_E_DOUBLED_FIELD, "sku");
    refused("limit=ten", MX_E_WRONG_TYPE, "limit");
    refused("limit=1.5", MX_E_WRONG_TYPE, "limit");
    refused("limit=1e3", MX_E_WRONG_TYPE, "limit");
    refused("limit=01", MX_E_WRONG_TYPE, "limit");
    refused("limit=", MX_E_WRONG_TYPE, "limit");
    refused("limit=99999999999999999999", MX_E_WRONG_TYPE, "limit");
    refused("limit=1%2C%22sku%22:1", MX_E_WRONG_TYPE, "limit");
    refused("deep=1", MX_E_WRONG_TYPE, "deep");
    refused("deep=TRUE", MX_E_WRONG_TYPE, "deep");
    refused("names=a", MX_E_WRONG_TYPE, "names");
    refused("sku=%ff", MX_E_BAD_INPUT, "");
    refused("sku=a%00b", MX_E_BAD_INPUT, "");
    base_arena_free(arena);
}

TEST(without_a_type_nothing_is_known) {
    struct mx_str body;
    arena = base_arena_new(4096);
    CHECK_INT(net_query_body(arena, NULL, mx_str_of(""), &body, &err), MX_OK);
    CHECK_STR(body, "{}");
    CHECK_INT(net_query_body(arena, NULL, mx_str_of("a=b"), &body, &err), MX_E_UNKNOWN_FIELD);
    base_arena_free(arena);
}

RUN_TESTS(CASE(parameters_become_members), CASE(percent_and_plus_are_decoded), CASE(wrong_parameters_are_named),
          CASE(without_a_type_nothing_is_known))
