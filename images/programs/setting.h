/* SPDX-License-Identifier: Apache-2.0 */
/* What a test of the default pool finds ready, and what is put away behind it. */
#ifndef CMALAB_SETTING_H
#define CMALAB_SETTING_H

#include <stdbool.h>

#include "checks.h"
#include "loan.h"
#include "pool.h"
#include "tests.h"

struct setting {
	struct pool pool;
	struct baseline baseline;
	/* Room for all that the pool can give; what is in it afterwards is given back. */
	struct pieces pieces;
	struct loan loan;
	const struct options *options;
};

/* The fault of this name was asked for. */
bool has_fault(const struct options *options, const char *fault);

/* With the pool alone. */
struct verdict with_pool(const struct options *options,
			 struct verdict (*test)(const struct pool *pool,
						const struct options *options));
/* With the pool, its baseline and room for its pieces, but no loan. */
struct verdict with_pieces(const struct options *options,
			   struct verdict (*test)(struct setting *setting));
/* With the pool on loan, as far as the kernel lends it. */
struct verdict with_loan(const struct options *options,
			 struct verdict (*test)(struct setting *setting));

/* Takes what the kernel does not hold, piece by piece, to the last one. */
void take_whole_pool(struct setting *setting);
/* The same, several times: a page that is being looked at can be moved a little later. */
void take_lent_pool(struct setting *setting, unsigned int passes);

#endif
