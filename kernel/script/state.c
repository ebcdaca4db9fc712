/* A Lua state with limits: memory, instructions, bytes.
 *
 * How a text stays within 16 KB, whatever made it: Lua says the kind of each new object when it asks for memory, and a
 * text is one block. So the allocator refuses any text block above 16 KB, also those that `..` makes inside the
 * interpreter, and charges long ones to the budget by their bytes. Blocks of other kinds (a table's storage, the call
 * stack) are bounded while a rule runs, because the interpreter walks through a whole block in one instruction when it
 * grows one; how many large ones a rule may ask for and drop is bounded too. */
#include <stdio.h>
#include <stdlib.h>

#include "script/customer.h"

#define TEXT_HEAD_BYTES 64   /* more than Lua adds to a text */
#define TEXT_LONG_BYTES 128  /* shorter ones may be shared by Lua, so whether they cost memory depends on history */
#define BLOCK_LARGE     1024 /* blocks from here on count as churn */
#define TIGHT_MAX       6    /* times that one run may reach the limit: Lua collects everything then, which takes milliseconds */

#define OVERRUN "this took more than the %d steps that a rule may take"

#ifdef MERX_FAULTS
static int planned_failure(struct script_memory *memory) {
    if (memory->fail_in == 0) return 0;
    if (memory->fail_in > 1) {
        memory->fail_in--;
        return 0;
    }
    if (!memory->fail_on) memory->fail_in = 0;
    return 1;
}
#else
static int planned_failure(struct script_memory *memory) {
    (void)memory;
    return 0;
}
#endif

/* 1 when a block may grow from `old_bytes` (0 = new) to `bytes`. After a refusal Lua collects its garbage and asks once more, so
 * that garbage which earlier runs left does not decide whether this one may go on. */
static int may_grow(struct script_memory *memory, int is_text, size_t old_bytes, size_t bytes) {
    const char *why = NULL;
    if (planned_failure(memory)) return 0;
    if (is_text && bytes > SCRIPT_TEXT_MAX + TEXT_HEAD_BYTES) {
        why = "a text grew longer than 16 KB";
    } else if (bytes > memory->block_max) {
        why = "a table or the depth of calls grew too large";
    } else if (memory->used - old_bytes + bytes > memory->max || memory->tight > TIGHT_MAX) {
        why = memory->max == SCRIPT_LOAD_MAX ? "the rules' files need more than 32 MB" : "the rules' memory of 4 MB is used up";
        memory->tight++;
    } else if (memory->counting && !is_text && bytes >= BLOCK_LARGE && (memory->churn += bytes) > SCRIPT_CHURN_MAX) {
        why = "it builds large tables over and over";
    }
    if (why != NULL) {
        memory->refused = why;
        return 0;
    }
    if (memory->counting && is_text && bytes >= TEXT_LONG_BYTES) memory->left -= (int64_t)(bytes / SCRIPT_BYTES_A_STEP);
    return 1;
}

static void *allocate(void *arg, void *block, size_t old_bytes, size_t bytes) {
    struct script_memory *memory = arg;
    int is_text = block == NULL && old_bytes == LUA_TSTRING; /* for a new block Lua passes the kind of object instead of a size */
    size_t had = block != NULL ? old_bytes : 0;
    void *moved;
    if (bytes == 0) {
        memory->used -= had;
        free(block);
        return NULL;
    }
    if (bytes > had && !may_grow(memory, is_text, had, bytes)) return NULL;
    moved = realloc(block, bytes);
    if (moved != NULL)
        memory->used = memory->used - had + bytes;
    else
        memory->refused = NULL;
    return moved;
}

/* Each SCRIPT_STEP instructions; past the budget at every single one. */
static void on_count(lua_State *L, lua_Debug *at) {
    struct script_state *state = script_state_of(L);
    char where[LUA_IDSIZE + 16];
    uint32_t stop = atomic_load_explicit(&state->stop, memory_order_relaxed);
    int stopped = stop != 0 && stop == atomic_load_explicit(&state->turn, memory_order_relaxed);
    state->memory.left -= SCRIPT_STEP;
    if (state->memory.left >= 0 && !stopped) return;
    lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
    lua_getinfo(L, "Sl", at);
    snprintf(where, sizeof(where), "%s:%d: ", at->short_src, at->currentline);
    if (stopped)
        lua_pushfstring(L, "%sthe watchdog stopped this after more than %d ms", where, SCRIPT_WATCH_MS);
    else
        lua_pushfstring(L, "%s" OVERRUN, where, (int)state->memory.granted);
    lua_error(L);
}

void script_budget_begin(struct script_state *state) {
    state->memory.granted = state->budget + state->extra;
    state->memory.left = state->memory.granted;
    state->memory.churn = 0;
    state->memory.counting = 1;
    lua_sethook(state->L, on_count, LUA_MASKCOUNT, SCRIPT_STEP);
}

void script_budget_end(struct script_state *state) {
    state->memory.counting = 0;
    lua_sethook(state->L, NULL, 0, 0);
}

void script_charge(lua_State *L, size_t bytes) {
    struct script_state *state = script_state_of(L);
    if (!state->memory.counting) return;
    state->memory.left -= (int64_t)(bytes / SCRIPT_BYTES_A_STEP) + 1;
    if (state->memory.left >= 0) return;
    lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
    luaL_error(L, OVERRUN, (int)state->memory.granted);
}

/* Put the error on top of the stack into words, with a place in front. */
static void note_problem(struct script_state *state, int outcome) {
    const char *words = "an error was raised without words", *place = state->place ? state->place : "";
    size_t file_len = strcspn(place, ":");
    if (outcome == LUA_ERRMEM) {
        words = state->memory.refused ? state->memory.refused : "the system has no memory left for rules";
    } else if (lua_type(state->L, -1) == LUA_TSTRING) {
        words = lua_tostring(state->L, -1);
    }
    if (file_len == 0 || (strncmp(words, place, file_len) == 0 && words[file_len] == ':'))
        snprintf(state->problem, sizeof(state->problem), "%s", words);
    else
        snprintf(state->problem, sizeof(state->problem), "%s: %s", place, words);
}

int script_protected(struct script_state *state, lua_CFunction fn, void *arg) {
    lua_State *L = state->L;
    struct script_memory outer = state->memory;
    int top = lua_gettop(L), outcome = LUA_ERRMEM;
    script_budget_end(state); /* nothing is counted until fn begins a budget of its own */
    state->memory.left = 0;
    state->memory.refused = NULL;
    state->memory.tight = 0;
    state->depth++;
    if (lua_checkstack(L, LUA_MINSTACK)) {
        lua_pushcfunction(L, fn);
        lua_pushlightuserdata(L, arg);
        outcome = lua_pcall(L, 1, 0, 0);
    }
    state->depth--;
    if (state->memory.counting) state->spent += state->memory.granted - state->memory.left;
    script_budget_end(state);
    if (outcome != LUA_OK) note_problem(state, outcome);
    lua_settop(L, top);
    if (outer.counting) {
        state->memory.counting = 1;
        state->memory.left = outer.left - SCRIPT_STEP; /* the hook begins to count anew: what it had counted must not be lost */
        state->memory.granted = outer.granted;
        state->memory.churn = outer.churn;
        state->memory.refused = outer.refused;
        state->memory.tight = outer.tight;
        lua_sethook(L, on_count, LUA_MASKCOUNT, state->memory.left < 0 ? 1 : SCRIPT_STEP);
    }
    return outcome == LUA_OK;
}

static int open_all(lua_State *L) {
    script_sandbox_open(L);
    script_cart_open(L);
    script_shop_open(L);
    script_customer_open(L);
    script_trial_open(L);
    return 0;
}

struct script_state *script_state_new(struct script_set *set, int64_t fail_in, int fail_on) {
    struct script_state *state = calloc(1, sizeof(*state));
    if (state == NULL) return NULL;
    state->set = set;
    state->budget = SCRIPT_BUDGET;
    state->memory.block_max = SCRIPT_LOAD_BLOCK;
    state->memory.max = SCRIPT_LOAD_MAX;
#ifdef MERX_FAULTS
    state->memory.fail_in = fail_in;
    state->memory.fail_on = fail_on;
#else
    (void)fail_in;
    (void)fail_on;
#endif
    state->L = lua_newstate(allocate, &state->memory);
    if (state->L != NULL) {
        memcpy(lua_getextraspace(state->L), &state, sizeof(state));
        if (script_protected(state, open_all, NULL)) return state;
    }
    script_state_free(state);
    return NULL;
}

void script_state_free(struct script_state *state) {
    if (state == NULL) return;
    if (state->L != NULL) lua_close(state->L);
    free(state);
}
