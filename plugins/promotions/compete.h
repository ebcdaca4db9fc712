/* Between the files that put a contest of offers to the solver. */
#ifndef PROMOTIONS_COMPETE_H
#define PROMOTIONS_COMPETE_H

#include "engine.h"
#include "solve.h"

/* One list of lines of one offer: its own, or those of one slot. */
struct want {
    uint32_t column; /* over the slots of all offers */
    uint32_t line;
    int64_t qty;
    int64_t price;
    int64_t start; /* thousandths of what is free of the line that come before its own stretch */
};

/* Units of a run that are alike, in value and in who wants them. A piece goes to one offer, goods by weight as a whole. */
struct cell {
    struct price_units units;
    int64_t pieces;
    int64_t value; /* of one piece */
    int64_t room;
    int64_t *gives; /* by column: what an EACH offer takes off one piece; for the others 1: it wants it */
    uint32_t columns;
};

struct contest {
    struct price_work *work;
    struct price_try **tries;
    uint32_t count;
    uint32_t *first; /* column of each offer */
    uint32_t *trier; /* offer of each column */
    uint32_t columns;
    struct want *wants;
    uint32_t want_count;
    struct cell *cells;
    uint32_t cell_count;
    uint32_t cell_room;
    uint32_t *starts;  /* first cell of each class, and one more */
    uint32_t *cursors; /* of each class: cell that is given out next */
    int64_t *given;    /* of each class: pieces of that cell that are gone */
    struct solve_question question;
    struct solve_answer answer;
    int64_t worth;    /* what all pieces cost */
    int64_t left_out; /* room of the pieces that were not asked about */
};

/* How large a contest would become. */
struct contest_size {
    int64_t wants; /* lines named, by all columns */
    int64_t parts; /* of them with a quantity of their own: each may cut a line twice */
};

void contest_add_size(const struct mx_offer *offer, struct contest_size *size);
int contest_fits(const struct price_work *work, const struct contest_size *size); /* into what a till has time for */

/* Put the units that these offers want into classes, ask, and have the answer. A single offer whose contest does not fit is asked about
 * the dearest cells of each column alone. */
void contest_cells(struct contest *contest, uint32_t most_of_column);
void contest_ask(struct contest *contest, struct price_work *work, struct price_try **tries, uint32_t count, int64_t steps_most);

/* Units of one offer according to the answer, worked out like an offer alone. 1: it takes something off. */
int contest_fill(struct contest *contest, uint32_t at);

struct mx_proof contest_proof(const struct contest *contest, int64_t realised);

#endif
