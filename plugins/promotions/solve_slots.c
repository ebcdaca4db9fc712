/* How the pieces of one group are best put into its slots: each piece into one that wants it, each slot full, most off.
 *
 * Pieces that fit one slot only go there. The others are put in one class after the other, each time along the way that leaves
 * most off, moving pieces that lie already when that is better: the number of steps is bounded by slots and classes, however
 * alike they are. */
#include "solve_work.h"

#define KINDS_MAX     64  /* slots that differ */
#define CONTENDED_MAX 128 /* classes that several of them want */
#define NO_WAY        (INT64_MIN / 4)

struct filling {
    const struct solve_question *question;
    const struct solve_offer *offer;
    uint32_t kinds;
    uint32_t slot[KINDS_MAX]; /* one of each kind */
    int64_t need[KINDS_MAX];
    uint32_t contended;
    uint32_t class[CONTENDED_MAX];
    int32_t lies[KINDS_MAX][CONTENDED_MAX];
    int64_t gain[KINDS_MAX]; /* of one more piece that ends in this kind */
    int32_t from[KINDS_MAX]; /* from which kind one is moved to make room; -1: none */
    uint32_t moved[KINDS_MAX];
};

static const struct solve_slot *slot_of(const struct filling *filling, uint32_t kind) {
    return &filling->offer->slots[filling->slot[kind]];
}

static int wants(const struct filling *filling, uint32_t kind, uint32_t class) { return slot_of(filling, kind)->wants[class] != 0; }

static int64_t off(const struct filling *filling, uint32_t kind, uint32_t class) {
    return solve_slot_off(slot_of(filling, kind), &filling->question->classes[class]);
}

static int alike(const struct solve_slot *a, const struct solve_slot *b, uint32_t classes) {
    return a->ppm == b->ppm && a->has_price == b->has_price && a->price == b->price && memcmp(a->wants, b->wants, classes) == 0;
}

static int gather(struct filling *filling) {
    const struct solve_offer *offer = filling->offer;
    uint32_t s, k;
    for (s = 0; s < offer->slot_count; s++) {
        for (k = 0; k < filling->kinds && !alike(&offer->slots[s], slot_of(filling, k), filling->question->class_count); k++) {
        }
        if (k == KINDS_MAX) return 0;
        if (k == filling->kinds) {
            filling->slot[filling->kinds++] = s;
            filling->need[k] = 0;
        }
        filling->need[k] += offer->slots[s].pieces;
    }
    return 1;
}

/* What fits one kind only; the others are noted. */
static int put_plain(struct filling *filling, const int64_t *pieces, int64_t *sum) {
    uint32_t c, k;
    for (c = 0; c < filling->question->class_count; c++) {
        uint32_t count = 0, only = 0;
        if (pieces[c] == 0) continue;
        for (k = 0; k < filling->kinds; k++) {
            if (!wants(filling, k, c)) continue;
            only = k;
            count++;
        }
        if (count == 0) return 0;
        if (count > 1) {
            if (filling->contended == CONTENDED_MAX || pieces[c] > INT32_MAX) return 0;
            for (k = 0; k < filling->kinds; k++) filling->lies[k][filling->contended] = 0;
            filling->class[filling->contended++] = c;
            continue;
        }
        filling->need[only] -= pieces[c];
        if (filling->need[only] < 0) return 0;
        *sum += pieces[c] * off(filling, only, c);
    }
    return 1;
}

/* The best move of one piece from kind a to kind b; NO_WAY: none lies there that b wants. */
static int64_t best_move(const struct filling *filling, uint32_t a, uint32_t b, uint32_t *which) {
    int64_t best = NO_WAY;
    uint32_t e;
    for (e = 0; e < filling->contended; e++) {
        uint32_t class = filling->class[e];
        int64_t more;
        if (filling->lies[a][e] == 0 || !wants(filling, b, class)) continue;
        more = off(filling, b, class) - off(filling, a, class);
        if (more <= best) continue;
        best = more;
        *which = e;
    }
    return best;
}

/* For every kind, the best way in which one more piece of the class makes it hold one more. */
static void find_ways(struct filling *filling, uint32_t class) {
    int64_t more[KINDS_MAX];
    uint32_t which[KINDS_MAX], a, b, round;
    int changed = 1;
    for (b = 0; b < filling->kinds; b++) {
        filling->gain[b] = wants(filling, b, class) ? off(filling, b, class) : NO_WAY;
        filling->from[b] = -1;
    }
    for (round = 0; changed && round < filling->kinds; round++) {
        changed = 0;
        for (a = 0; a < filling->kinds; a++) {
            if (filling->gain[a] == NO_WAY) continue;
            for (b = 0; b < filling->kinds; b++) more[b] = a == b ? NO_WAY : best_move(filling, a, b, &which[b]);
            for (b = 0; b < filling->kinds; b++) {
                if (more[b] == NO_WAY || filling->gain[a] + more[b] <= filling->gain[b]) continue;
                filling->gain[b] = filling->gain[a] + more[b];
                filling->from[b] = (int32_t)a;
                filling->moved[b] = which[b];
                changed = 1;
            }
        }
    }
}

/* So many as can go the whole way to `last`. */
static int64_t width(const struct filling *filling, uint32_t last, int64_t most) {
    uint32_t b = last;
    if (filling->need[last] < most) most = filling->need[last];
    while (filling->from[b] >= 0) {
        uint32_t a = (uint32_t)filling->from[b];
        if (filling->lies[a][filling->moved[b]] < most) most = filling->lies[a][filling->moved[b]];
        b = a;
    }
    return most;
}

static void go(struct filling *filling, uint32_t last, uint32_t entry, int32_t count) {
    uint32_t b = last;
    while (filling->from[b] >= 0) {
        uint32_t a = (uint32_t)filling->from[b];
        filling->lies[a][filling->moved[b]] -= count;
        filling->lies[b][filling->moved[b]] += count;
        b = a;
    }
    filling->lies[b][entry] += count;
    filling->need[last] -= count;
}

static int put_contended(struct filling *filling, uint32_t entry, int64_t rest, int64_t *sum) {
    while (rest > 0) {
        uint32_t best = KINDS_MAX, k;
        int64_t count;
        find_ways(filling, filling->class[entry]);
        for (k = 0; k < filling->kinds; k++) {
            if (filling->need[k] == 0 || filling->gain[k] == NO_WAY) continue;
            if (best == KINDS_MAX || filling->gain[k] > filling->gain[best]) best = k;
        }
        if (best == KINDS_MAX) return 0;
        count = width(filling, best, rest);
        *sum += count * filling->gain[best];
        go(filling, best, entry, (int32_t)count);
        rest -= count;
    }
    return 1;
}

int64_t solve_fill_slots(const struct solve_question *question, const struct solve_offer *offer, const int64_t *pieces) {
    struct filling filling;
    int64_t sum = 0;
    uint32_t e;
    filling.question = question;
    filling.offer = offer;
    filling.kinds = filling.contended = 0;
    if (!gather(&filling) || !put_plain(&filling, pieces, &sum)) return -1;
    for (e = 0; e < filling.contended; e++) {
        if (!put_contended(&filling, e, pieces[filling.class[e]], &sum)) return -1;
    }
    return sum;
}
