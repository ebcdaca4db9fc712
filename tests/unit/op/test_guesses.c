/* A million guesses in virtual time, ten milliseconds apart, through the real handlers: none succeeds, and all but a few are refused
 * before anything is hashed. */
#include "customers.h"

#define ANNA "+8613800000001"
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GUESSES 10000 /* of each of the four kinds */
#else
#define GUESSES 250000
#endif
#define GAP_MS 10

struct guessing {
    struct fixture f;
    struct identity_principal till;
    const char *member;
};

typedef struct op_call (*guess_fn)(struct guessing *g, int number);

/* Memory of calls is given back now and then. */
static struct op_call call_of(struct guessing *g, const struct identity_principal *who, const char *op, const char *body) {
    return fixture_call_as(&g->f, who, op, base_arena_printf(g->f.arena, "g-%d", ++g->f.keys_made).ptr, body);
}

static struct op_call guess_open(struct guessing *g, int number) {
    struct identity_principal nobody = {0};
    return call_of(g, &nobody, "identity.customer.open",
                   base_arena_printf(g->f.arena, "{\"phone\":\"" ANNA "\",\"code\":\"%06d\"}", number % 1000000).ptr);
}

static struct op_call guess_proof(struct guessing *g, int number) {
    return call_of(g, &g->till, "club.spend",
                   base_arena_printf(g->f.arena, "{\"member\":\"%s\",\"proof\":\"%06d\"}", g->member, number % 1000000).ptr);
}

static struct op_call guess_qr(struct guessing *g, int number) {
    return call_of(g, &g->till, "club.spend",
                   base_arena_printf(g->f.arena, "{\"member\":\"%s\",\"proof\":\"mxq_%0106d\"}", g->member, number).ptr);
}

static struct op_call guess_code(struct guessing *g, int number) {
    return call_of(g, &g->till, "club.try", base_arena_printf(g->f.arena, "{\"code\":\"%020d\"}", number).ptr);
}

static uint64_t hashed(struct guessing *g) {
    struct base_buf text;
    uint64_t sum = 0;
    const char *at;
    base_buf_init(&text, g->f.arena);
    op_metrics(g->f.op, &text);
    base_buf_char(&text, 0);
    for (at = text.ptr; (at = strstr(at, "merx_secret_hashes_total{of=")) != NULL; at++) sum += strtoull(strchr(at, ' ') + 1, NULL, 10);
    return sum;
}

/* How many of them got as far as a hash. */
static uint64_t guess_often(struct guessing *g, guess_fn guess, int count) {
    struct base_arena *kept = g->f.arena;
    uint64_t before = hashed(g);
    int i, good = 0, limited = 0;
    for (i = 0; i < count; i++) {
        struct op_call call;
        g->f.arena = base_arena_new(4096);
        call = guess(g, i * 4);
        good += call.http_status == 200;
        limited += call.http_status == 429;
        base_arena_free(g->f.arena);
        club_later(GAP_MS);
    }
    g->f.arena = kept;
    CHECK_INT(good, 0);
    CHECK(limited > count / 10 * 9);
    return hashed(g) - before;
}

static int begin(struct guessing *g) {
    struct identity_principal anna;
    memset(g, 0, sizeof(*g));
    if (!club_begin(&g->f)) return 0;
    g->member = club_member(&g->f, club_joins(&g->f, ANNA));
    anna = club_logs_in(&g->f, ANNA);
    g->till = g->f.owner;
    return club_call(&g->f, &anna, "identity.customer.pin.set", "{\"pin\":\"739159\"}").http_status == 200;
}

TEST(a_million_guesses) {
    static const struct {
        guess_fn guess;
        uint64_t most; /* that may be hashed: see the limits */
    } kinds[] = {{guess_open, 20}, {guess_proof, 10}, {guess_qr, 0}, {guess_code, 6 + GUESSES * GAP_MS / 12000}};
    struct guessing g;
    size_t i;
    REQUIRE(begin(&g));
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        uint64_t count;
        club_asks(&g.f, ANNA);
        count = guess_often(&g, kinds[i].guess, GUESSES);
        CHECK(count <= kinds[i].most);
        printf("# %d guesses, %llu hashed\n", GUESSES, (unsigned long long)count);
    }
    fixture_close(&g.f);
}

/* Right ones are given back: whoever is busy is not locked out. */
TEST(good_ones_do_not_count) {
    struct guessing g;
    int i;
    REQUIRE(begin(&g));
    for (i = 0; i < 100; i++)
        CHECK_INT(call_of(&g, &g.till, "club.spend", base_arena_printf(g.f.arena, "{\"member\":\"%s\",\"proof\":\"739159\"}", g.member).ptr)
                      .http_status,
                  200);
    fixture_close(&g.f);
}

RUN_TESTS(CASE(a_million_guesses), CASE(good_ones_do_not_count))
