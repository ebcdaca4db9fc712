/* Shared by the files of this room only.
 *
 * files.c   reads the folder                      state.c    a Lua state with limits
 * sandbox.c what a rule file finds there
 * source.c  from text to running code             freeze.c   tables that nobody can change
 * text.c, moneylib.c, tablelib.c  the functions   read.c     tables of scripts, read strictly
 * kinds.c   the kinds of declarations, one table  set.c      a rule set: all files of a folder
 * promotion.c tier*.c reward.c on.c every.c trial.c: one kind each; trial.c is test(...), trial_cart.c its carts, trial_price.c t.price
 * sale.h    promotions: its list of files         cart.c     the cart as a Lua table
 * ids.c     rules by their id                     needs.c    facts that cost reads
 * ask.c     one rule's function, its faults       fields.c   tables whose fields are declared
 * names.c   names that nobody declared            json_in.c, json_out.c  data of the shop as Lua tables
 * current.c the set in force, a state for each thread        watchdog.c  looks after states that do not come back
 * shop.c    what on and every may do              effects.c  what they asked for, until it is done
 * follow.c  events come to on                     timers.c   due times of every
 * rule_ops.c, plugin.c  operations and descriptor  property.c what rules.hunt tries to break
 * customer.h the customer as functions of tiers, tags and rewards see her; tier.h tiers
 * Besides: sale.h one sale, tag.h tags, version.h drafts and versions, lint.h what is doubtful, backtest.h and hunt.h trying rules */
#ifndef SCRIPT_INTERNAL_H
#define SCRIPT_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <stdatomic.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "merx/retail/member.h"
#include "merx/retail/points.h"
#include "merx/retail/pricing.h"
#include "script/read.h"
#include "script/script.h"

/* Limits. Instructions and bytes are counted, never time, so that the same cart gives the same answer everywhere. */
#define SCRIPT_BUDGET        20000        /* instructions for one rule and sale; also for one file while it loads */
#define SCRIPT_BUDGET_LINES  50           /* lines of a cart that it is meant for ... */
#define SCRIPT_BUDGET_LINE   200          /* ... and what each further line adds */
#define SCRIPT_STEP          100          /* instructions between two looks at the budget */
#define SCRIPT_BYTES_A_STEP  16           /* so many bytes of a linear function count as one instruction */
#define SCRIPT_TEXT_MAX      (16u * 1024) /* longest text */
#define SCRIPT_MEMORY_MAX    (4u << 20)   /* what rules may use beyond what their files took to load */
#define SCRIPT_LOAD_MAX      (32u << 20)  /* one state while files load: twenty thousand rules with functions of a few lines */
#define SCRIPT_BLOCK_MAX     (64u * 1024) /* one table or the call stack, while a rule runs: 4096 entries */
#define SCRIPT_LOAD_BLOCK    (2u << 20)   /* the same while files load */
#define SCRIPT_CHURN_MAX     (2u << 20)   /* bytes of large blocks that one rule may ask for and drop in a sale */
#define SCRIPT_FILE_MAX      (64u * 1024) /* one rule file */
#define SCRIPT_FILES_MAX     400          /* files of a folder */
#define SCRIPT_RULES_MAX     20000        /* rules of a set */
#define SCRIPT_OFFERS_MAX    100          /* offers of one rule for one cart */
#define SCRIPT_LIST_MAX      5000         /* values of a list in a declaration */
#define SCRIPT_DECLARED_MAX  (128u << 20) /* what all declarations of a set may take; twenty thousand of a few words take about 50 MB */
#define SCRIPT_FAULTS_TO_OFF 5            /* a rule that failed so often in a row is switched off */
#define SCRIPT_FAULT_TEXT    400          /* bytes of a fault's message */
#define SCRIPT_PRIORITY      100          /* of a rule that names none */
#define SCRIPT_WATCH_MS      100          /* of a thread's own time, after which the watchdog stops a rule */
#define SCRIPT_JSON_MAX      (16u * 1024) /* bytes of JSON that a script hands over */
#define SCRIPT_JSON_IN_MAX   (64u * 1024) /* bytes of JSON that it is given */
#define SCRIPT_JSON_DEPTH    16
#define SCRIPT_EFFECTS_MAX   50       /* that one run may ask for */
#define SCRIPT_QUERIES_MAX   50       /* the same */
#define SCRIPT_TRIALS_STEPS  20000000 /* instructions that all tests of a set may take together */
#define SCRIPT_ROLE          "script"

/* ---- a folder ---- */

struct script_source {
    struct mx_str name; /* file name */
    struct mx_str text;
};

/* Read *.lua of `dir` sorted by name into the arena; an absent folder has no files. MX_E_BAD_INPUT, MX_E_IO. */
MX_MUST_CHECK mx_status script_files_read(const char *dir, struct base_arena *arena, struct script_source **sources, uint32_t *count,
                                          struct mx_error *err);

struct script_customer; /* customer.h */

/* ---- a state ---- */

struct script_memory {
    size_t used;
    size_t max; /* SCRIPT_LOAD_MAX, then what loading took and SCRIPT_MEMORY_MAX */
    size_t block_max;
    size_t churn;
    int counting;        /* 1 while a rule's own instructions run: texts are charged, large blocks are counted */
    int64_t granted;     /* instructions of the budget */
    int64_t left;        /* of them; below 0 = overrun */
    uint32_t tight;      /* times that this run found all memory used */
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
    int64_t budget;                   /* SCRIPT_BUDGET; tests change it */
    int64_t extra;                    /* on top of it, for what is asked now: a longer cart may take longer */
    int64_t spent;                    /* instructions that ended runs took, since somebody set it to 0 */
    uint32_t depth;                   /* protected calls within each other */
    struct script_run *run;           /* what runs now may ask this of the shop; NULL = nothing */
    struct script_customer *customer; /* that is asked about; NULL = none */
    _Atomic uint32_t turn;            /* odd while a rule runs: the watchdog looks at it */
    struct script_rule *_Atomic now;  /* the rule that runs */
    _Atomic uint32_t stop;            /* the turn that the watchdog wants ended; 0 = none */
    clockid_t clock;                  /* time that the state's thread has spent */
    int has_clock;
    uint32_t seen_turn; /* the watchdog's own: what it saw last */
    int64_t seen_cpu_ms;
    uint32_t declared;               /* rules declared so far */
    int parse;                       /* 1: declarations fill set->rules; 0: they only hand over their functions */
    int loading;                     /* 1 while files run */
    uint32_t source_now;             /* the file that runs, while loading */
    int needs_shop;                  /* 1: the test that runs asked for a shop, and there is none */
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

/* Run fn(L) with `arg` as its only (light) argument in protected mode: 1, or 0 and state->problem. May be called from within
 * a function of a rule: what that one has left of its budget is kept for it. */
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
    SCRIPT_KEY_DATE_FIELDS, /* metatable of times */
    SCRIPT_KEY_LINES_DATA,  /* list of line faces */
    SCRIPT_KEY_LINE_DATA,   /* list: what is behind each line's face */
    SCRIPT_KEY_LINE_FACE,
    SCRIPT_KEY_LINE_FIELDS, /* metatable of what is behind a line's face */
    SCRIPT_KEY_EMPTY,       /* an empty list */
    SCRIPT_KEY_SHOP,        /* what on and every get as `shop` */
    SCRIPT_KEY_TRIAL,       /* what tests get as `t` */
    SCRIPT_KEY_WITHHELD,    /* the sale, when its cart may not say everything; else nil */
    SCRIPT_KEY_CUSTOMER     /* what is shown of the customer that is asked about: customer.h */
};
#define SCRIPT_FUNCTIONS 3 /* of one rule at most */
enum { SCRIPT_FN_WHEN = 1, SCRIPT_FN_LINES, SCRIPT_FN_OFFERS };
#define SCRIPT_FN_BODY SCRIPT_FN_WHEN /* of kinds that have but one */
/* Build the globals that rule files see. Raises for lack of memory. */
void script_sandbox_open(lua_State *L);

/* Push a table with the functions: text.*, money.*, math.*, table.*. */
typedef void script_push_fn(lua_State *L);
script_push_fn script_text_push, script_money_push, script_math_push, script_table_push, script_hunt_push;
/* pairs() in a fixed order of keys. */
int script_pairs(lua_State *L);
/* Name of the i-th thing that rule files find, NULL behind the last one. */
const char *script_global(uint32_t i);
/* Raise for a name in the source that is neither declared in it nor given: the mistake is then seen before it costs a sale. */
void script_names_check(lua_State *L, struct mx_str text, const char *file);

/* ---- tables that nobody can change ---- */

/* Push a read-only face for the table at `index`. */
void script_freeze(lua_State *L, int index);
/* Replace a read-only face at `index` by what it shows; leaves everything else alone. For C readers only. */
void script_thaw(lua_State *L, int index);
/* Freeze every table that the rule's functions can reach from outside themselves, and remember their outer variables. */
void script_guard_rule(lua_State *L, uint32_t rule);

/* Put back the outer variables of the rule that were changed: NULL, or the name of one. Needs no memory, never raises. */
const char *script_guard_check(lua_State *L, uint32_t rule);

/* ---- rules ---- */

enum { SCRIPT_PROMOTION, SCRIPT_TIER, SCRIPT_REWARD, SCRIPT_ON, SCRIPT_EVERY, SCRIPT_TEST, SCRIPT_PROPERTY, SCRIPT_TAG, SCRIPT_KINDS };

struct script_words { /* sorted */
    struct mx_str *items;
    uint32_t count;
};

struct script_kind;
struct script_rule {
    const struct script_kind *kind;
    uint32_t index; /* place among all declarations of the set */
    uint32_t has;   /* bit n: it has the function n */
    struct mx_str id;
    struct mx_str file;
    int line;
    const char *what, *place, *fn_places[SCRIPT_FUNCTIONS + 1]; /* for messages: the rule, where it begins, where its functions do */
    struct mx_list name;                                        /* of struct mx_pair, sorted */
    void *own;                                                  /* what its kind keeps: struct script_tier ... */
    int32_t lane;                                               /* of promotions */

    _Atomic uint32_t faults; /* in a row */
    _Atomic int off;
    _Atomic int untold; /* it was switched off, and the log does not say so yet */
};

struct script_rules {
    struct script_rule **items;
    uint32_t count;
};

struct script_set {
    _Atomic uint32_t users;
    struct base_arena *arena;
    struct script_source *sources;
    uint32_t source_count;
    struct script_rule **rules;
    uint32_t rule_count, rule_cap;
    uint32_t function_rules;    /* how many need Lua */
    struct script_index *index; /* of promotions */
    int needs_goods;            /* see needs.c */
    struct script_rule **ids;   /* by hash, see ids.c */
    uint32_t id_cap;
    struct script_span {
        uint32_t first, count; /* rules of the file */
        int answers;           /* it has functions that sales, members or events ask */
    } * spans;                 /* as many as sources */
    struct script_rules of[SCRIPT_KINDS];
    _Atomic uint32_t untold; /* rules that were switched off since the log was told */
    char version[40];
    int aside; /* 1: tried beside the rules in force: its faults are not counted */
};
/* 1 when the rule has the function SCRIPT_FN_*. */
static inline int script_rule_has(const struct script_rule *rule, int fn) { return (rule->has >> fn) & 1u; }

/* ---- kinds ---- */

/* Everything that one declaration is read with. */
struct script_declaration {
    struct script_reader reader;
    struct script_state *state;
    struct base_arena *arena;
    struct script_rule *rule;
};

/* A kind of declaration. With an id_key it takes a table, otherwise a text (`head`) and a function. */
struct script_kind {
    const char *word;  /* as files say it */
    const char *shape; /* how it looks, for messages */
    const char *id_key;
    const char *functions[SCRIPT_FUNCTIONS + 1];                       /* keys of its functions */
    void (*read)(struct script_declaration *decl, struct mx_str head); /* fill decl->rule; raises */
};
extern const struct script_kind script_kinds[SCRIPT_KINDS];
static inline uint32_t script_kind_index(const struct script_kind *kind) { return (uint32_t)(kind - script_kinds); }

/* The functions by which files declare, into the table on top of the stack. */
void script_kinds_push(lua_State *L);

struct script_index; /* sale.h */

/* read of each kind */
typedef void script_read_fn(struct script_declaration *decl, struct mx_str head);
script_read_fn script_promotion_read, script_tier_read, script_reward_read, script_on_read, script_every_read, script_trial_read,
    script_property_read, script_tag_read;

/* Texts by language under `key`, sorted; none when it is not there. */
void script_read_words(const struct script_reader *reader, struct base_arena *arena, const char *key, struct mx_list *words);
/* `name` by language, if it is there. */
void script_read_name(struct script_declaration *decl);

/* The rule of a kind with this id, NULL when there is none. */
struct script_rule *script_rule_find(const struct script_set *set, uint32_t kind, struct mx_str id);
/* Note it before it becomes one of set->rules. */
void script_rule_note(struct script_set *set, struct script_rule *rule);

/* ---- property(...): what rules.hunt tries to break ---- */

enum { SCRIPT_HOLDS_FUNCTION, SCRIPT_HOLDS_COST, SCRIPT_HOLDS_MONOTONE, SCRIPT_HOLDS_SHARE };
struct script_property {
    struct mx_str name;
    int kind; /* SCRIPT_HOLDS_* */
    int64_t percent;
};
/* One that needs no function, by its name: 1, or 0. */
int script_property_known(struct mx_str name, struct script_property *property);
extern const struct mx_op script_op_rules_hunt, script_op_rules_backtest;

/* ---- asking one rule ---- */

struct script_asking {
    struct script_state *state;
    const struct script_rule *rule;
    void (*fn)(lua_State *L, struct script_asking *asking);
    void *arg;
    const char *place; /* of the function that is asked: "tea.lua:12: " */
    const char *what;  /* "promotion 'tea-3-for-2'" */
};

/* Run fn(L, asking) protected, within a fresh budget: 1, or 0 and state->problem. Faults are counted: see below. */
MX_MUST_CHECK int script_ask(struct script_state *state, struct script_rule *rule, void (*fn)(lua_State *L, struct script_asking *asking),
                             void *arg);
/* Push the rule's function, noting where it stands. */
void script_push_function(lua_State *L, struct script_asking *asking, int fn);
/* Call when(x), with x on top of the stack; pops it. Anything but true, false and nil is refused. */
int script_ask_when(lua_State *L, struct script_asking *asking);
/* Count a fault; too many in a row switch the rule off. */
void script_rule_failed(struct script_set *set, struct script_rule *rule, const char *message);
void script_rule_off(struct script_set *set, struct script_rule *rule, const char *why);
/* Readable UTF-8 of at most SCRIPT_FAULT_TEXT bytes, whatever a script put into its error. */
struct mx_str script_clean(struct mx_ctx *ctx, const char *message);

/* ---- tables with declared fields ---- */

/* The table of known names (any values) on top becomes a metatable: reading another name raises, with the name that was most
 * likely meant. guess: only raise when there is such a name, because the fields are not all known. */
void script_fields_meta(lua_State *L, const char *noun, int guess);

/* Push JSON text as read-only tables. type: the declared fields; NULL = those that are there. noun: for messages. */
void script_json_push(lua_State *L, struct mx_str json, const struct mx_type *type, const char *noun);
/* Push the value at `index` as canonical JSON text. Raises with the path of what cannot be said in JSON. */
struct mx_str script_json_write(lua_State *L, int index, const char *noun);
/* Push a time as on the shop's calendar: {at, year, month, day, hour, minute, weekday}. */
void script_time_push(lua_State *L, struct mx_ctx *ctx, int64_t at_ms);

/* Ask one rule about a member, as script_ask(). */
MX_MUST_CHECK int script_reward_ask(struct script_state *state, struct script_rule *rule, const struct mx_reward_ask *ask, int *yes);
MX_MUST_CHECK mx_status script_tier_answer(struct mx_ctx *ctx, const void *in, void *out);
MX_MUST_CHECK mx_status script_tiers_answer(struct mx_ctx *ctx, const void *in, void *out);
MX_MUST_CHECK mx_status script_reward_answer(struct mx_ctx *ctx, const void *in, void *out);
MX_MUST_CHECK mx_status script_needs_answer(struct mx_ctx *ctx, const void *in, void *out);

/* ---- on and every ---- */

struct script_effect {
    struct mx_str op;
    struct mx_str input;
};

/* What one run of on or every may ask of the shop. */
struct script_run {
    struct mx_ctx *ctx;
    struct script_effect *effects; /* SCRIPT_EFFECTS_MAX of them */
    uint32_t effect_count;
    uint32_t queries;
    mx_status (*query)(struct script_run *run, struct mx_str op, struct mx_str input, struct mx_str *answer);
    void *arg; /* of query */
};

/* Set up a run that asks the running shop. */
void script_run_init(struct script_run *run, struct mx_ctx *ctx);
/* Push the handle `shop`; once in a state: script_shop_open(). */
void script_shop_open(lua_State *L);
void script_shop_push(lua_State *L);

struct script_fact { /* what on() gets */
    struct mx_str name, data;
    int64_t seq, at_ms;
    const struct mx_type *type;
    struct script_run *run;
};
/* 1 when the rule listens to events of this name. */
int script_on_hears(const struct script_rule *rule, struct mx_str name);
MX_MUST_CHECK int script_on_run(struct script_state *state, struct script_rule *rule, struct script_fact *fact);

struct script_tick { /* what every() gets */
    int64_t at_ms;
    struct script_run *run;
};
MX_MUST_CHECK int script_every_run(struct script_state *state, struct script_rule *rule, struct script_tick *tick);
/* First time behind `after_ms` at which it runs. */
int64_t script_every_next(const struct script_rule *rule, const struct base_zone *zone, int64_t after_ms);

struct script_asked { /* by all rules about one event */
    uint32_t count;
    size_t bytes;
};
/* Write down what a run asked for, to be done by commands of its own; too much is a fault of the rule. key: tells this run from others. */
MX_MUST_CHECK mx_status script_effects_book(struct mx_ctx *ctx, struct script_set *set, struct script_rule *rule, struct mx_str key,
                                            const struct script_run *run, struct script_asked *asked);
extern const struct mx_table script_effects_table, script_timers_table;
extern const struct mx_op script_op_rules_list, script_op_rules_reload, script_op_rules_test, script_op_rule_restore;
extern const struct mx_op script_op_effect_run, script_op_effect_settle, script_op_effects_list, script_op_every_run;
extern const struct mx_op script_op_effect_retry, script_op_effect_drop, script_op_timers_set;
extern const struct mx_subscription script_follow_all;

/* Make sure that every rule of the set has its due time. Commands only. */
MX_MUST_CHECK mx_status script_timers_set(struct mx_ctx *ctx, const struct script_set *set);
/* Write into the log which rules were switched off. Commands only. */
MX_MUST_CHECK mx_status script_tell(struct mx_ctx *ctx);
extern const struct mx_event_def script_quarantined_event;

/* ---- tests in rule files ---- */
struct script_trial { /* outcome of one */
    const struct script_rule *rule;
    int passed;
    int needs_shop; /* it failed only because it ran without a shop */
    char problem[SCRIPT_FAULT_TEXT];
};
/* Run the set's tests in a state that has just loaded it. outer: the call that prices the carts of t.price; NULL = nobody does, and
 * t.price fails. seen() may be NULL. The number of those that failed; first: of the first one, may be NULL. */
uint32_t script_trials_run(struct script_state *state, struct mx_ctx *outer, void (*seen)(void *arg, const struct script_trial *trial),
                           void *arg, struct script_trial *first);
void script_trial_open(lua_State *L);
/* "2026-11-27 14:00" as a time of the shop. Raises. */
int64_t script_trial_time(lua_State *L, struct mx_str text);
/* The text under `key`, copied. */
struct mx_str script_trial_text(const struct script_reader *reader, struct mx_ctx *ctx, const char *key, const char *otherwise);
/* The cart in the table at `index`. */
struct mx_cart *script_trial_cart(lua_State *L, struct mx_ctx *ctx, int index);
void script_trial_push_offer(lua_State *L, const struct mx_offer *offer);

/* Run all sources into a set. On error nothing is left. */
MX_MUST_CHECK mx_status script_set_load(const struct script_source *sources, uint32_t count, struct base_arena *arena, int64_t fail_in,
                                        int fail_on, struct script_set **set, struct mx_error *err);
/* The same without running the tests; the state that loaded it is handed out as well. */
MX_MUST_CHECK mx_status script_set_read(const struct script_source *sources, uint32_t count, struct base_arena *arena, int64_t fail_in,
                                        int fail_on, struct script_set **set, struct script_state **state, struct mx_error *err);
void script_set_drop(struct script_set *set);
/* How many rules it has; tests and properties are none. */
uint32_t script_set_rules(const struct script_set *set);
/* Run the set's files in a fresh state: a state ready to answer, or NULL and `problem` (SCRIPT_FAULT_TEXT bytes). */
struct script_state *script_state_load(struct script_set *set, int parse, int64_t fail_in, int fail_on, char *problem);

/* ---- versions and drafts: what is tried beside the rules in force ---- */

/* Compile the rules of a draft ("rds_...") for this call alone; end with script_trying_end(). MX_E_NOT_FOUND, MX_E_BAD_INPUT. */
struct script_trying {
    struct script_set *set;
    struct script_state *state;
};
MX_MUST_CHECK mx_status script_draft_open(struct mx_ctx *ctx, struct mx_str draft, struct script_trying *trying);
/* The same of the rules in force. */
MX_MUST_CHECK mx_status script_live_open(struct mx_ctx *ctx, struct script_trying *trying);
void script_trying_end(struct script_trying *trying);
/* Answer to pricing.offers_of: of a kept version, compiled once and remembered. */
MX_MUST_CHECK mx_status script_offers_of(struct mx_ctx *ctx, const void *in, void *out);

/* The set in force with one more user, NULL before script_open(); drop it with script_set_drop(). */
struct script_set *script_set_current(void);

/* Load the folder of the last script_open() again. */
MX_MUST_CHECK mx_status script_reload(struct mx_error *err);
/* Its files as they are now; *there 0: there is no such folder. */
MX_MUST_CHECK mx_status script_folder_read(struct base_arena *arena, struct script_source **sources, uint32_t *count, int *there,
                                           struct mx_error *err);
/* Look at every thread's state and the set that it runs, with the list held still. */
void script_each_state(void (*fn)(void *arg, struct script_state *state), void *arg);
/* The watchdog's thread: from the first set in force until script_close(). */
void script_watch_start(void);
void script_watch_stop(void);
/* This thread's set (lent until its next call) and, when the set needs one, its state (NULL: it could not be made). */
struct script_set *script_thread_set(struct script_state **state);

/* ---- one sale (more of it: sale.h) ---- */

/* Set up the tables of the cart, once in a state. Raises for lack of memory. */
void script_cart_open(lua_State *L);

/* Ask all promotions of the set. state may be NULL. */
void script_answer(struct mx_ctx *ctx, struct script_set *set, struct script_state *state, const struct mx_cart *cart,
                   struct mx_offers *out);

#endif
