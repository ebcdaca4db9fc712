/* The best allotment of units to offers. */
#include "solve_work.h"

void solve(const struct solve_question *question, const struct price_memory *memory, struct solve_answer *answer) {
    struct solve_state state;
    solve_state_begin(&state, question, memory, answer);
    solve_greedy(&state);
    answer->gap = solve_simple_bound(question) - answer->gain;
    answer->optimal = answer->gap == 0;
}
