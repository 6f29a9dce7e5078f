/* SPDX-License-Identifier: Apache-2.0 */
/*
 * borrowed: the kernel lends the pool to movable memory. Taking the pool must
 * move the borrowers out, whole.
 */
#include <inttypes.h>
#include <string.h>

#include "checks.h"
#include "loan.h"
#include "pool.h"
#include "system.h"
#include "tests.h"

#define SMALLEST_PIECE_PAGES 2
/* A page that is being looked at cannot be moved; a little later it can. */
#define PASSES 4

static void take_with_patience(struct pieces *pieces, const struct pool *pool, uint64_t wanted)
{
	for (int pass = 0; pass < PASSES && pieces_bytes(pieces) < wanted; pass++)
		pieces_take_all(pieces, pool, MIB, SMALLEST_PIECE_PAGES * page_bytes());
}

static struct verdict check_loan(const struct loan *loan, const struct options *options)
{
	uint64_t offset;

	if (strcmp(options->fault, "corrupt") == 0)
		((uint8_t *)loan->memory)[loan->bytes / 2] ^= 1;
	offset = loan_mismatch(loan);
	if (offset < loan->bytes)
		return fail("a borrower lost its contents at offset %" PRIu64 " of %" PRIu64, offset,
			    loan->bytes);
	return pass("survived");
}

static struct verdict take_back(const struct pool *pool, struct pieces *pieces,
				const struct loan *loan, const struct baseline *baseline,
				const struct options *options)
{
	uint64_t migrated = vmstat("pgmigrate_success"), start = now_ns();
	struct verdict result;

	take_with_patience(pieces, pool, pool->region.size - baseline->held);
	migrated = vmstat("pgmigrate_success") - migrated;
	figure("take-time", now_ns() - start, "ns");
	figure("taken", pieces_bytes(pieces), "bytes");
	figure("migrated", migrated, "pages");
	result = check_places(pieces, pool);
	if (result.outcome == PASS)
		result = check_complete(pieces, pool, baseline);
	if (result.outcome == PASS && migrated == 0)
		result = fail("the pool was taken and no page had moved");
	if (result.outcome == PASS)
		result = check_loan(loan, options);
	if (result.outcome == PASS)
		result = pass("%" PRIu64 " bytes on loan moved out, contents and all", loan->borrowed);
	return result;
}

static struct verdict lend_and_take(const struct pool *pool, struct pieces *pieces,
				    const struct options *options)
{
	struct baseline baseline = baseline_read(pool);
	struct verdict result;
	struct loan loan;

	if (!loan_take(&loan))
		return inconclusive("there is no memory outside the pool to lend against");
	figure("loan", loan.bytes, "bytes");
	figure("borrowed-from-pool", loan.borrowed, "bytes");
	if (loan.borrowed == 0)
		result = inconclusive("the kernel placed no movable page in the pool");
	else
		result = take_back(pool, pieces, &loan, &baseline, options);
	pieces_give(pieces, pool);
	loan_return(&loan);
	return result;
}

struct verdict test_borrowed(const struct options *options)
{
	struct verdict result;
	struct pieces pieces;
	struct pool pool;

	if (!pool_open(&pool, &result))
		return result;
	if (pieces_prepare(&pieces, &pool, SMALLEST_PIECE_PAGES * page_bytes())) {
		result = lend_and_take(&pool, &pieces, options);
		pieces_dispose(&pieces);
	} else {
		result = inconclusive("no memory for the list of pieces");
	}
	pool_close(&pool);
	return result;
}
