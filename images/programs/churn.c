/* SPDX-License-Identifier: Apache-2.0 */
/*
 * churn: pieces of random sizes come and go for a bounded number of steps. The
 * pool fragments meanwhile, and must be whole again afterwards.
 */
#include <inttypes.h>
#include <stdio.h>

#include "measure.h"
#include "setting.h"
#include "system.h"
#include "tests.h"

#define STEPS 4000
#define SAMPLES 8
#define SLOTS_AT_MOST 2048
/* Mean sizes and slots are such that about half of a large pool is in use. */
#define BYTES_A_SLOT (2 * MIB)
#define SMALLEST_ORDER 13 /* 8 KiB: never a single page */
#define ORDERS 12	  /* up to 16 MiB */

struct churn {
	const struct pool *pool;
	uint64_t state;
	struct piece slots[SLOTS_AT_MOST]; /* length 0: empty */
	size_t slot_count;
	uint64_t live;
	uint64_t refused;
	uint64_t allocations;
};

/* Even over the orders, any number of bytes within one. */
static uint64_t random_length(uint64_t *state)
{
	uint64_t base = UINT64_C(1) << (SMALLEST_ORDER + random_below(state, ORDERS));

	return base + random_below(state, base);
}

static void step(struct churn *churn)
{
	struct piece *slot = &churn->slots[random_below(&churn->state, churn->slot_count)];

	if (slot->length > 0) {
		piece_give(churn->pool, slot);
		churn->live -= slot->length;
		slot->length = 0;
	} else if (piece_take(churn->pool, random_length(&churn->state), slot) == 0) {
		churn->live += slot->length;
		churn->allocations++;
	} else {
		slot->length = 0;
		churn->refused++;
	}
}

static struct verdict check_live(const struct churn *churn)
{
	static struct piece live[SLOTS_AT_MOST];
	struct pieces pieces = { .items = live, .capacity = SLOTS_AT_MOST };

	for (size_t i = 0; i < churn->slot_count; i++)
		if (churn->slots[i].length > 0)
			live[pieces.count++] = churn->slots[i];
	return check_places(&pieces, churn->pool);
}

static void report_sample(const struct churn *churn, unsigned int number)
{
	char key[32];

	snprintf(key, sizeof key, "step-%u.live", number);
	figure(key, churn->live, "bytes");
	snprintf(key, sizeof key, "step-%u.longest-free-run", number);
	figure(key, longest_free_run(churn->pool), "bytes");
}

static struct verdict run(struct churn *churn)
{
	struct verdict result = pass("started");

	for (unsigned int i = 1; i <= STEPS && result.outcome == PASS; i++) {
		step(churn);
		if (i % (STEPS / SAMPLES) != 0)
			continue;
		report_sample(churn, i);
		result = check_live(churn);
	}
	figure("allocations", churn->allocations, "pieces");
	figure("refused", churn->refused, "requests");
	return result;
}

/* The fault `leak`: the first piece is forgotten. */
static void give_all(struct churn *churn, const struct options *options)
{
	int forget = has_fault(options, "leak");

	for (size_t i = 0; i < churn->slot_count; i++) {
		if (churn->slots[i].length == 0)
			continue;
		if (!forget)
			piece_give(churn->pool, &churn->slots[i]);
		forget = 0;
	}
}

static struct verdict churn_and_compare(const struct pool *pool, const struct options *options)
{
	static struct churn churn;
	struct baseline baseline = baseline_read(pool);
	uint64_t before = largest_piece(pool, largest_expected(pool)), after;
	struct verdict result;

	churn.pool = pool;
	churn.state = options->seed;
	churn.slot_count = pool->region.size / BYTES_A_SLOT;
	if (churn.slot_count == 0)
		return inconclusive("the pool is too small to churn");
	if (churn.slot_count > SLOTS_AT_MOST)
		churn.slot_count = SLOTS_AT_MOST;
	figure("seed", options->seed, "number");
	result = run(&churn);
	give_all(&churn, options);
	after = largest_piece(pool, largest_expected(pool));
	figure("largest-before", before, "bytes");
	figure("largest-after", after, "bytes");
	if (result.outcome == PASS)
		result = check_returned(pool, &baseline);
	if (result.outcome == PASS && after < before)
		result = fail("the largest piece shrank from %" PRIu64 " to %" PRIu64 " bytes",
			      before, after);
	if (result.outcome == PASS)
		result = pass("%d steps, and the pool is whole again", STEPS);
	return result;
}

struct verdict test_churn(const struct options *options)
{
	return with_pool(options, churn_and_compare);
}
