/* SPDX-License-Identifier: Apache-2.0 */
#include "setting.h"

#include <stdbool.h>
#include <string.h>

#include "system.h"

#define LARGEST_PIECE MIB
/* The DMA API never takes a single page from the default pool. */
#define SMALLEST_PIECE (2 * page_bytes())

bool has_fault(const struct options *options, const char *fault)
{
	return strcmp(options->fault, fault) == 0;
}

struct verdict with_pool(const struct options *options,
			 struct verdict (*test)(const struct pool *pool,
						const struct options *options))
{
	struct verdict result;
	struct pool pool;

	if (!pool_open(&pool, &result))
		return result;
	result = test(&pool, options);
	pool_close(&pool);
	return result;
}

static struct verdict run_on_loan(struct setting *setting,
				  struct verdict (*test)(struct setting *setting))
{
	const char *reason = loan_take(&setting->pool, &setting->loan);
	struct verdict result;

	if (reason)
		return inconclusive("%s", reason);
	result = test(setting);
	loan_return(&setting->loan);
	return result;
}

static struct verdict run(const struct options *options, bool on_loan,
			  struct verdict (*test)(struct setting *setting))
{
	struct setting setting = { .options = options };
	struct verdict result;

	if (!pool_open(&setting.pool, &result))
		return result;
	if (pieces_prepare(&setting.pieces, &setting.pool, SMALLEST_PIECE)) {
		setting.baseline = baseline_read(&setting.pool);
		result = on_loan ? run_on_loan(&setting, test) : test(&setting);
		pieces_give(&setting.pieces, &setting.pool);
		pieces_dispose(&setting.pieces);
	} else {
		result = inconclusive("no memory for the list of pieces");
	}
	pool_close(&setting.pool);
	return result;
}

struct verdict with_pieces(const struct options *options,
			   struct verdict (*test)(struct setting *setting))
{
	return run(options, false, test);
}

struct verdict with_loan(const struct options *options,
			 struct verdict (*test)(struct setting *setting))
{
	return run(options, true, test);
}

void take_whole_pool(struct setting *setting)
{
	pieces_take_all(&setting->pieces, &setting->pool, LARGEST_PIECE, SMALLEST_PIECE);
}

void take_lent_pool(struct setting *setting, unsigned int passes)
{
	uint64_t wanted = setting->pool.region.size - setting->baseline.held;

	while (passes-- > 0 && pieces_bytes(&setting->pieces) < wanted)
		take_whole_pool(setting);
}
