/* Shared by the files of this room only.
 *
 * files.c   reads the folder                      state.c    a Lua state with limits
 * sandbox.c what a rule file finds there
 * source.c  from text to running code             freeze.c   tables that nobody can change
 * text.c, moneylib.c, tablelib.c  the functions   read.c     tables of scripts, read strictly
 * rules.c   promotion{...} as struct script_rule  set.c      a rule set: all files of a folder
 * match.c   the declarative half of rules, in C   cart.c     the cart as a Lua table
 * offers.c  the half that needs Lua               current.c  the set in force, a state for each thread
 * plugin.c  descriptor and operations */
#ifndef SCRIPT_INTERNAL_H
#define SCRIPT_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "merx/retail/pricing.h"
#include "script/script.h"

/* Limits. Instructions and bytes are counted, never time, so that the same cart gives the same answer everywhere. */
#define SCRIPT_BUDGET        20000        /* instructions for one rule and sale; also for one file while it loads */
#define SCRIPT_STEP          100          /* instructions between two looks at the budget */
#define SCRIPT_BYTES_A_STEP  16           /* so many bytes of a linear function count as one instruction */
#define SCRIPT_TEXT_MAX      (16u * 1024) /* longest text */
#define SCRIPT_MEMORY_MAX    (4u << 20)   /* one state */
#define SCRIPT_BLOCK_MAX     (64u * 1024) /* one table or the call stack, while a rule runs: 4096 entries */
#define SCRIPT_LOAD_BLOCK    (1u << 20)   /* the same while files load */
#define SCRIPT_CHURN_MAX     (2u << 20)   /* bytes of large blocks that one rule may ask for and drop in a sale */
#define SCRIPT_FILE_MAX      (32u * 1024) /* one rule file */
#define SCRIPT_FILES_MAX     200          /* files of a folder */
#define SCRIPT_RULES_MAX     1000         /* rules of a set */
#define SCRIPT_OFFERS_MAX    100          /* offers of one rule for one cart */
#define SCRIPT_LIST_MAX      5000         /* values of a list in a declaration */
#define SCRIPT_FAULTS_TO_OFF 5            /* a rule that failed so often in a row is switched off */
#define SCRIPT_FAULT_TEXT    400          /* bytes of a fault's message */
#define SCRIPT_PRIORITY      100          /* of a rule that names none */

/* ---- a folder ---- */

struct script_source {
    struct mx_str name; /* file name */
    struct mx_str text;
};

/* Read *.lua of `dir` sorted by name into the arena; an absent folder has no files. MX_E_BAD_INPUT, MX_E_IO. */
MX_MUST_CHECK mx_status script_files_read(const char *dir, struct base_arena *arena, struct script_source **sources, uint32_t *count,
                                          struct mx_error *err);

/* ---- a state ---- */

struct script_memory {
    size_t used;
    size_t block_max;
    size_t churn;
    int counting;        /* 1 while a rule's own instructions run: texts are charged, large blocks are counted */
    int64_t left;        /* instructions of the budget; below 0 = overrun */
    const char *refused; /* why the last allocation was refused, in words; NULL = the system had none */
#ifdef MERX_FAULTS
    int64_t fail_in; /* tests: the allocation after so many fails, and with fail_on all later ones; 0 = never */
    int fail_on;
#endif
};

/* One thread's Lua state for one rule set. */
struct script_state {
    lua_State *L;
    struct script_memory memory;
    struct script_set *set;
    uint32_t declared;               /* rules declared so far */
    int parse;                       /* 1: declarations fill set->rules; 0: they only hand over their functions */
    int loading;                     /* 1 while files run */
    uint32_t source_now;             /* the file that runs, while loading */
    uint32_t lines_built;            /* lines in the cart that the tables hold now */
    char problem[SCRIPT_FAULT_TEXT]; /* of the last failed script_protected() */
    const char *place;               /* where something stands that goes wrong without a place of its own, e.g. "tea.lua" */
};

/* Empty state with limits and sandbox, NULL when there is no memory. fail_in: see struct script_memory, normally 0. */
struct script_state *script_state_new(struct script_set *set, int64_t fail_in, int fail_on);
void script_state_free(struct script_state *state);

static inline struct script_state *script_state_of(lua_State *L) {
    struct script_state *state;
    memcpy(&state, lua_getextraspace(L), sizeof(state));
    return state;
}

/* Run fn(L) with `arg` as its only (light) argument in protected mode: 1, or 0 and state->problem. */
MX_MUST_CHECK int script_protected(struct script_state *state, lua_CFunction fn, void *arg);

/* Start and end counting against a fresh budget. The end is reached by every way out of script_protected(). */
void script_budget_begin(struct script_state *state);
void script_budget_end(struct script_state *state);

/* Charge `bytes` that a C function is about to walk through; raises past the budget. */
void script_charge(lua_State *L, size_t bytes);

/* Compile and run one file. Raises with file, line and reason. */
void script_run_source(lua_State *L, const struct script_source *source);

/* 1 when a quoted text of this source would hold a NUL byte ("\0", "\x00", "\u{0}" or the byte itself); *line says where. */
int script_source_has_nul(struct mx_str text, int *line);

/* ---- the sandbox ---- */

/* Places in the registry. */
enum {
    SCRIPT_KEY_FUNCTIONS = 100, /* rule * 3 + SCRIPT_FN_*: function */
    SCRIPT_KEY_GUARDS,          /* rule: list of closure, upvalue number, value */
    SCRIPT_KEY_FROZEN,          /* table -> its read-only face, while files load */
    SCRIPT_KEY_SHOW,            /* function that shows a cart */
    SCRIPT_KEY_CART,            /* the cart as rules get it */
    SCRIPT_KEY_CART_DATA,       /* what is behind its read-only face */
    SCRIPT_KEY_DATE_DATA,
    SCRIPT_KEY_LINES_DATA, /* list of line faces */
    SCRIPT_KEY_LINE_DATA,  /* list: what is behind each line's face */
    SCRIPT_KEY_LINE_FACE,
    SCRIPT_KEY_LINE_FIELDS, /* metatable of what is behind a line's face */
    SCRIPT_KEY_EMPTY        /* an empty list */
};
enum { SCRIPT_FN_WHEN = 1, SCRIPT_FN_LINES, SCRIPT_FN_OFFERS };

/* Build the globals that rule files see. Raises for lack of memory. */
void script_sandbox_open(lua_State *L);

/* Push a table with the functions: text.*, money.*, math.*, table.*. */
void script_text_push(lua_State *L);
void script_money_push(lua_State *L);
void script_math_push(lua_State *L);
void script_table_push(lua_State *L);

/* pairs() in a fixed order of keys. */
int script_pairs(lua_State *L);

/* promotion{...} */
int script_promotion(lua_State *L);

/* ---- tables that nobody can change ---- */

/* Push a read-only face for the table at `index`. */
void script_freeze(lua_State *L, int index);

/* Replace a read-only face at `index` by what it shows; leaves everything else alone. For C readers only. */
void script_thaw(lua_State *L, int index);

/* Freeze every table that the rule's functions can reach from outside themselves, and remember their outer variables. */
void script_guard_rule(lua_State *L, uint32_t rule);

/* Put back the outer variables of the rule that were changed: NULL, or the name of one. Needs no memory, never raises. */
const char *script_guard_check(lua_State *L, uint32_t rule);

/* ---- reading what scripts declare and answer ---- */

/* A table on the stack that is being read. Every function raises with place and what, in plain words. */
struct script_reader {
    lua_State *L;
    int table;
    const char *place; /* "file:line: " when Lua cannot say it itself, otherwise "" */
    const char *what;  /* e.g. "promotion 'tea-3-for-2'" */
};

/* Raise "<place><what>: <message>". */
int script_complain(const struct script_reader *reader, const char *format, ...) MX_PRINTF(2, 3);

/* Refuse keys that are not in `known` (ends with NULL). */
void script_read_known(const struct script_reader *reader, const char *const *known);

/* A whole number within min..max: 1, or 0 when it is absent. */
int script_read_int(const struct script_reader *reader, const char *key, int64_t min, int64_t max, int64_t *out);

/* A text of 1..max bytes of clean UTF-8, lent from the table: 1, or 0 when it is absent. */
int script_read_text(const struct script_reader *reader, const char *key, uint32_t max, struct mx_str *out);

/* What an offer takes off. */
struct script_discount {
    int32_t kind; /* MX_OFFER_*, 0 = none of the keys is there */
    int64_t ppm, amount, buy, pay;
};

/* percent | ppm | amount | buy and pay. */
void script_read_discount(const struct script_reader *reader, struct script_discount *out);

/* ---- rules ---- */

struct script_words { /* sorted */
    struct mx_str *items;
    uint32_t count;
};

struct script_rule {
    struct mx_str id;
    struct mx_str file;
    int line;
    struct mx_list name; /* of struct mx_pair, sorted */
    int32_t lane;
    int32_t kind; /* MX_OFFER_*; 0 = its function makes the offers */
    int64_t priority, ppm, amount, buy, pay, min_total, min_qty;
    struct script_words categories, tags, skus, tiers, channels, locations;
    int any_member;
    int32_t from_day, to_day; /* yyyymmdd in the shop's zone, both included; 0 = open */
    int has_when, has_lines, has_offers;
    _Atomic uint32_t faults; /* in a row */
    _Atomic int off;
};

struct script_set {
    _Atomic uint32_t users;
    struct base_arena *arena;
    struct script_source *sources;
    uint32_t source_count;
    struct script_rule **rules;
    uint32_t rule_count, rule_cap;
    uint32_t function_rules; /* how many need Lua */
    char version[17];
};

/* 1 when the rule has a function, so that it needs Lua. */
static inline int script_rule_calls(const struct script_rule *rule) { return rule->has_when || rule->has_lines || rule->has_offers; }

/* Run all sources into a set. On error nothing is left. */
MX_MUST_CHECK mx_status script_set_load(const struct script_source *sources, uint32_t count, struct base_arena *arena, int64_t fail_in,
                                        int fail_on, struct script_set **set, struct mx_error *err);
void script_set_drop(struct script_set *set);

/* Run the set's files in a fresh state: a state ready to answer, or NULL and `problem` (SCRIPT_FAULT_TEXT bytes). */
struct script_state *script_state_load(struct script_set *set, int parse, int64_t fail_in, int fail_on, char *problem);

/* The set in force with one more user, NULL before script_open(); drop it with script_set_drop(). */
struct script_set *script_set_current(void);

/* Load the folder of the last script_open() again. */
MX_MUST_CHECK mx_status script_reload(struct mx_error *err);

/* This thread's set (lent until its next call) and, when the set needs one, its state (NULL: it could not be made). */
struct script_set *script_thread_set(struct script_state **state);

/* ---- one sale ---- */

struct script_sale {
    struct mx_ctx *ctx;
    const struct mx_cart *cart;
    struct base_civil local; /* cart->at in the shop's zone */
    int local_known;
    int cart_built;
    struct mx_offer *offers;
    uint32_t offer_count, offer_cap;
    struct mx_rule_fault *faults;
    uint32_t fault_count, fault_cap;
};

/* Local date and time of the sale. */
const struct base_civil *script_sale_local(struct script_sale *sale);

/* 1 when member, channel, location and date let the rule speak at all. */
int script_rule_applies(struct script_sale *sale, const struct script_rule *rule);

/* 1 when the rule's offer may name this line. */
int script_line_matches(const struct script_rule *rule, const struct mx_cart_line *line);

/* Add an offer of the rule, with the lines given (made with mx_list_new), and hand it out to be completed. */
struct mx_offer *script_offer_add(struct script_sale *sale, const struct script_rule *rule, struct mx_list lines);

/* The offer of a rule without functions, if any line matches. */
void script_rule_declared(struct script_sale *sale, const struct script_rule *rule);

/* Add the declared offer over `lines` if there are any and min_qty is reached. */
void script_offer_declared(struct script_sale *sale, const struct script_rule *rule, struct mx_list lines);

/* Evaluate a rule with functions. Faults are recorded in the sale and counted. */
void script_rule_run(struct script_sale *sale, struct script_state *state, struct script_rule *rule, uint32_t index);

/* Note that the rule failed for this sale; switches it off when that happened too often in a row. */
void script_rule_fault(struct script_sale *sale, struct script_rule *rule, const char *message);

/* Ask all rules of the set. state may be NULL. */
void script_answer(struct mx_ctx *ctx, struct script_set *set, struct script_state *state, const struct mx_cart *cart,
                   struct mx_offers *out);

/* Set up the tables of the cart, once in a state; show the sale's cart in them. Raise for lack of memory. */
void script_cart_open(lua_State *L);
void script_cart_show(lua_State *L, struct script_sale *sale);

#endif
