/* The laws that a random cart is held to. */
#ifndef TESTS_CARTS_JUDGE_H
#define TESTS_CARTS_JUDGE_H

#include "unit/promotions/cart.h"

/* Draw a cart, price it, and say which law it breaks; NULL: none. */
const char *judge_cart(struct test_cart *t, uint64_t *seed, uint64_t cart);

/* Print the cart, its offers and what came of them. */
void judge_tell(const struct test_cart *t);

/* Give back what pricing took. */
void judge_free(void);

#endif
