/* Do movements, lots and balances of each member say the same, and is what was spent of each lot what can come back to it?
 *
 * Lots are too many to be held in memory, so both sides are folded into one number per member: every column of every lot
 * has a weight of its own, and points times weight are added for movements and taken off for lots. Points that stand
 * in another lot or column than the movements say leave something, in whatever order they are read. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

/* Everything, one record at a time. */
static const struct mx_scan_opts whole_table = {.size = sizeof(struct mx_scan_opts), .lend = 1};

enum { EARNED, REVERSED, SPENT, EXPIRED, TAKEN, COLUMNS };

struct tally {
    char *member; /* NULL = free slot */
    uint32_t member_len;
    int has_balance;
    int64_t moved[COLUMNS];
    int64_t owed, written_off; /* as the movements say */
    uint64_t apart;            /* points times weight, wrapping: those of movements less those of lots */
    uint64_t spent_apart;      /* those spent for documents less those spent of lots */
};

/* An open hash table; its size is a power of two. */
struct tallies {
    struct tally *slots;
    uint32_t size;
    uint32_t used;
};

struct check {
    struct mx_ctx *ctx;
    struct tallies tallies;
    mx_found_fn found;
    void *arg;
};

static struct mx_str member_of(const struct tally *tally) { return mx_str_n(tally->member, tally->member_len); }

/* FNV-1a, 64 bits. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len) {
    const unsigned char *p = bytes;
    size_t i;
    for (i = 0; i < len; i++) hash = (hash ^ p[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t hash_text(uint64_t hash, struct mx_str text) { return hash_bytes(hash, text.ptr, text.len); }

static uint64_t weight_of(struct mx_str order, int64_t line, int64_t run) {
    uint64_t hash = hash_text(UINT64_C(14695981039346656037), order);
    hash = hash_bytes(hash_bytes(hash, &line, sizeof(line)), &run, sizeof(run));
    return hash ^ hash >> 29;
}

static struct tally *slot_of(const struct tallies *tallies, struct mx_str member) {
    uint32_t i = (uint32_t)hash_text(UINT64_C(14695981039346656037), member) & (tallies->size - 1);
    while (tallies->slots[i].member && !mx_str_eq(member_of(&tallies->slots[i]), member)) i = (i + 1) & (tallies->size - 1);
    return &tallies->slots[i];
}

static int grow(struct tallies *tallies) {
    struct tallies bigger = {.size = tallies->size ? tallies->size * 2 : 1024, .used = tallies->used};
    uint32_t i;
    bigger.slots = calloc(bigger.size, sizeof(bigger.slots[0]));
    if (!bigger.slots) return 0;
    for (i = 0; i < tallies->size; i++) {
        if (tallies->slots[i].member) *slot_of(&bigger, member_of(&tallies->slots[i])) = tallies->slots[i];
    }
    free(tallies->slots);
    *tallies = bigger;
    return 1;
}

/* The tally of a member, made when it is new. */
static mx_status tally_of(struct check *check, struct mx_str member, struct tally **out) {
    struct tallies *tallies = &check->tallies;
    struct tally *tally = NULL;
    if (tallies->used < tallies->size / 2 || grow(tallies)) tally = slot_of(tallies, member);
    if (tally && !tally->member) {
        tally->member = malloc((size_t)member.len + 1);
        if (tally->member) {
            if (member.len) memcpy(tally->member, member.ptr, member.len);
            tally->member_len = member.len;
            tallies->used++;
        }
    }
    if (!tally || !tally->member) return mx_fail(check->ctx, MX_E_NOMEM, NULL, "There is not enough memory to add up the points.");
    *out = tally;
    return MX_OK;
}

static uint64_t weigh(uint64_t weight, int column, int64_t points) {
    return hash_bytes(weight, &column, sizeof(column)) * (uint64_t)points;
}

static void add_moved(struct tally *tally, int column, uint64_t weight, int64_t points) {
    int64_t *sum = &tally->moved[column];
    if (!mx_add(*sum, points, sum)) *sum = INT64_MIN; /* no balance can equal it */
    tally->apart += weigh(weight, column, points);
}

/* What a kind of movement moves; COLUMNS: no lot. */
static int column_of(int32_t kind) {
    switch (kind) {
    case LOYALTY_EARN:
    case LOYALTY_RECEIVE:
    case LOYALTY_GRANT:
    case LOYALTY_BORROW:
        return EARNED;
    case LOYALTY_REVERSE:
    case LOYALTY_UNREVERSE:
        return REVERSED;
    case LOYALTY_SPEND:
    case LOYALTY_UNSPEND:
        return SPENT;
    case LOYALTY_EXPIRE:
        return EXPIRED;
    case LOYALTY_SEND:
    case LOYALTY_TAKE:
    case LOYALTY_SETTLE:
    case LOYALTY_REPAY:
    case LOYALTY_UNSEND:
        return TAKEN;
    default:
        return COLUMNS;
    }
}

static void tell(const struct check *check, struct mx_str member, const char *what) {
    char text[300];
    snprintf(text, sizeof(text), "member %.*s: %s", (int)member.len, member.ptr, what);
    check->found(check->arg, text);
}

static void tell_gap(const struct check *check, int64_t expected, int64_t seq) {
    char text[96];
    snprintf(text, sizeof(text), "movement %lld is missing before %lld", (long long)expected, (long long)seq);
    check->found(check->arg, text);
}

/* What is owed and written off stands in no lot. */
static void fold_bare(struct tally *tally, const struct loyalty_movement *movement) {
    tally->owed += loyalty_owed_sign(movement->kind) * movement->points;
    if (movement->kind == LOYALTY_WRITE_OFF) tally->written_off += movement->points;
}

static int stands_in_no_lot(int32_t kind) { return kind == LOYALTY_OWING || kind == LOYALTY_WRITE_OFF || kind == LOYALTY_REPAID; }

static int64_t sum_of(const struct mx_list *runs) {
    int64_t sum = 0;
    uint32_t i;
    for (i = 0; i < runs->count; i++)
        if (!mx_add(sum, ((const struct loyalty_run *)mx_list_at(runs, i))->points, &sum)) return INT64_MIN;
    return sum;
}

static mx_status fold_movement(struct check *check, const struct loyalty_movement *movement) {
    int column = column_of(movement->kind);
    struct tally *tally = NULL;
    int64_t sum = 0;
    uint32_t i;
    mx_status st = tally_of(check, movement->member, &tally);
    if (st != MX_OK) return st;
    fold_bare(tally, movement);
    for (i = 0; i < movement->parts.count && column < COLUMNS; i++) {
        const struct loyalty_part *part = mx_list_at(&movement->parts, i);
        int goes_back = loyalty_rest_sign(movement->kind) > 0 && column != EARNED;
        int64_t points = goes_back ? -part->points : part->points;
        add_moved(tally, column, weight_of(part->order, part->line, part->run), points);
        if (!mx_add(sum, part->points, &sum)) sum = INT64_MIN;
    }
    if (sum != movement->points && !stands_in_no_lot(movement->kind))
        tell(check, movement->member, "the parts of a movement do not sum to its points");
    if (movement->runs.count && sum_of(&movement->runs) != movement->points)
        tell(check, movement->member, "the runs of a sale do not sum to the points that it earned");
    return MX_OK;
}

static mx_status fold_movements(struct check *check) {
    struct loyalty_movement *movement = NULL;
    struct mx_scan *scan = NULL;
    int64_t expected = 1;
    mx_status st = mx_scan_open(check->ctx, &loyalty_movements, &whole_table, NULL, &scan);
    while (st == MX_OK) {
        st = mx_scan_next(check->ctx, scan, &movement);
        if (st != MX_OK) break;
        if (movement->seq != expected) tell_gap(check, expected, movement->seq);
        expected = movement->seq + 1;
        st = fold_movement(check, movement);
    }
    return st == MX_DONE ? MX_OK : st;
}

/* Every part of a spending can come back to its lot, but for what did. */
static mx_status fold_spending(struct check *check, const struct loyalty_spending *spending) {
    int64_t points = 0, back = 0;
    uint32_t i;
    for (i = 0; i < spending->parts.count; i++) {
        const struct loyalty_spent_part *part = mx_list_at(&spending->parts, i);
        struct tally *tally = NULL;
        mx_status st = tally_of(check, part->member, &tally);
        if (st != MX_OK) return st;
        tally->spent_apart += weigh(weight_of(part->order, part->line, part->run), SPENT, part->points - part->back);
        if (!mx_add(points, part->points, &points)) points = INT64_MIN;
        if (!mx_add(back, part->back, &back)) back = INT64_MIN;
    }
    if (points != spending->points || back != spending->back_points)
        tell(check, spending->member, "the parts of a spending do not sum to its points");
    return MX_OK;
}

static mx_status fold_spendings(struct check *check) {
    struct loyalty_spending *spending = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(check->ctx, &loyalty_spendings, &whole_table, NULL, &scan);
    while (st == MX_OK) {
        st = mx_scan_next(check->ctx, scan, &spending);
        if (st == MX_OK) st = fold_spending(check, spending);
    }
    return st == MX_DONE ? MX_OK : st;
}

static void add_lot(struct tally *tally, uint64_t weight, const struct loyalty_lot *lot) {
    const int64_t held[COLUMNS] = {lot->earned, lot->reversed, lot->spent, lot->expired, lot->taken};
    int column;
    for (column = EARNED; column < COLUMNS; column++) tally->apart -= weigh(weight, column, held[column]);
    tally->spent_apart -= weigh(weight, SPENT, lot->spent);
}

static int is_sound(const struct loyalty_lot *lot) {
    return lot->reversed >= 0 && lot->spent >= 0 && lot->expired >= 0 && lot->taken >= 0 && lot->covered >= 0 && loyalty_rest(lot) >= 0 &&
           lot->claimed <= lot->earned && lot->lent >= 0 && lot->lent <= lot->reversed && lot->forgiven >= 0 &&
           lot->forgiven <= lot->covered && (lot->claims.count == 0 || sum_of(&lot->claims) == lot->claimed);
}

static mx_status fold_lots(struct check *check) {
    struct loyalty_lot *lot = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(check->ctx, &loyalty_lots, &whole_table, NULL, &scan);
    while (st == MX_OK) {
        struct tally *tally = NULL;
        uint64_t weight;
        st = mx_scan_next(check->ctx, scan, &lot);
        if (st == MX_OK) st = tally_of(check, lot->member, &tally);
        if (st != MX_OK) break;
        weight = weight_of(lot->order, lot->line, lot->run);
        add_lot(tally, weight, lot);
        if (!is_sound(lot)) tell(check, lot->member, "a lot gave back more points than it earned");
        if (lot->ends_at && lot->closed != (loyalty_rest(lot) == 0))
            tell(check, lot->member, "a lot with points left is not among those that are spent");
        if ((lot->forgiven > 0) != (lot->forgiven_of.len > 0)) tell(check, lot->member, "what was written off of a lot would not be found");
    }
    return st == MX_DONE ? MX_OK : st;
}

/* earned - reversed - spent - expired - taken - owed */
static int64_t balance_of(const int64_t *moved, int64_t owed) {
    int64_t points = moved[EARNED];
    int column;
    for (column = REVERSED; column < COLUMNS; column++)
        if (!mx_sub(points, moved[column], &points)) return INT64_MIN;
    return mx_sub(points, owed, &points) ? points : INT64_MIN;
}

static void compare_balance(const struct check *check, const struct loyalty_balance *balance, struct tally *tally) {
    const struct tally nothing = {.member = NULL};
    const struct tally *said = tally->member ? tally : &nothing;
    const int64_t held[COLUMNS] = {balance->earned, balance->reversed, balance->spent, balance->expired, balance->taken};
    const int64_t *moved = said->moved;
    char text[200];
    if (tally->member) tally->has_balance = 1;
    if (memcmp(held, moved, sizeof(held)) == 0 && balance->points == balance_of(moved, said->owed) && balance->owed == said->owed &&
        balance->written_off == said->written_off)
        return;
    snprintf(text, sizeof(text), "the balance says %lld points, %lld earned, %lld reversed; the movements say %lld earned, %lld reversed",
             (long long)balance->points, (long long)balance->earned, (long long)balance->reversed, (long long)moved[EARNED],
             (long long)moved[REVERSED]);
    tell(check, balance->member, text);
}

static mx_status compare_balances(struct check *check) {
    struct loyalty_balance *balance = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(check->ctx, &loyalty_balances, &whole_table, NULL, &scan);
    while (st == MX_OK) {
        st = mx_scan_next(check->ctx, scan, &balance);
        if (st == MX_OK) compare_balance(check, balance, slot_of(&check->tallies, balance->member));
    }
    return st == MX_DONE ? MX_OK : st;
}

static void compare_lots(const struct check *check) {
    uint32_t i;
    for (i = 0; i < check->tallies.size; i++) {
        const struct tally *tally = &check->tallies.slots[i];
        if (!tally->member) continue;
        if (!tally->has_balance) tell(check, member_of(tally), "there are points but no balance");
        if (tally->apart) tell(check, member_of(tally), "the lots are not what the movements say");
        if (tally->spent_apart) tell(check, member_of(tally), "the lots are not what was spent for some document");
    }
}

static void free_tallies(struct tallies *tallies) {
    uint32_t i;
    for (i = 0; i < tallies->size; i++) free(tallies->slots[i].member);
    free(tallies->slots);
}

mx_status loyalty_check_balances(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct check check = {.ctx = ctx, .found = found, .arg = arg};
    mx_status st = MX_OK;
    if (!grow(&check.tallies)) return mx_fail(ctx, MX_E_NOMEM, NULL, "There is not enough memory to add up the points.");
    st = fold_movements(&check);
    if (st == MX_OK) st = fold_spendings(&check);
    if (st == MX_OK) st = fold_lots(&check);
    if (st == MX_OK) st = compare_balances(&check);
    if (st == MX_OK) compare_lots(&check);
    free_tallies(&check.tallies);
    return st;
}
