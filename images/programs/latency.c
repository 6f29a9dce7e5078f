/* SPDX-License-Identifier: Apache-2.0 */
/*
 * latency: how long one allocation takes, by size, while the pool is empty and
 * while it is on loan. Guest time, and under emulation: good for comparison.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "setting.h"
#include "system.h"
#include "tests.h"

#define SMALLEST (64 * KIB)
#define LARGEST (64 * MIB)
#define STEP 4
#define SAMPLE_LIMIT 1000
#define SIZES 6
/* What an empty pool hands out in all, for each size. */
#define EMPTY_BUDGET (1024 * MIB)
#define APPROACH MIB
#define PIECE_LIMIT 16384

struct series {
	uint64_t samples[SAMPLE_LIMIT];
	size_t count;
};

static int by_value(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Nearest rank. */
static uint64_t percentile(const struct series *series, unsigned int per_mille)
{
	size_t rank = (series->count * per_mille + 999) / 1000;

	return series->samples[rank ? rank - 1 : 0];
}

static void report_rank(const char *state, uint64_t length, const char *name, uint64_t value,
			const char *unit)
{
	char key[64];

	snprintf(key, sizeof key, "%s.%" PRIu64 "k.%s", state, length / KIB, name);
	figure(key, value, unit);
}

/* In order of measurement first, for whoever wants a histogram of his own. */
static void report_series(const char *state, uint64_t length, struct series *series)
{
	printf("%s.%" PRIu64 "k.samples\t", state, length / KIB);
	for (size_t i = 0; i < series->count; i++)
		printf("%s%" PRIu64, i ? " " : "", series->samples[i]);
	printf("\tns\n");
	qsort(series->samples, series->count, sizeof series->samples[0], by_value);
	report_rank(state, length, "count", series->count, "allocations");
	report_rank(state, length, "p50", percentile(series, 500), "ns");
	report_rank(state, length, "p90", percentile(series, 900), "ns");
	report_rank(state, length, "p99", percentile(series, 990), "ns");
	report_rank(state, length, "p999", percentile(series, 999), "ns");
	report_rank(state, length, "max", percentile(series, 1000), "ns");
}

static size_t sample_count(uint64_t length, uint64_t budget)
{
	uint64_t count = budget / length;

	if (count == 0)
		return 1;
	return count < SAMPLE_LIMIT ? count : SAMPLE_LIMIT;
}

static bool timed_take(const struct pool *pool, uint64_t length, struct piece *piece,
		       struct series *series)
{
	uint64_t start = now_ns();

	if (piece_take(pool, length, piece) != 0)
		return false;
	series->samples[series->count++] = now_ns() - start;
	return true;
}

static bool measure_empty(const struct pool *pool, uint64_t length)
{
	static struct series series;
	size_t count = sample_count(length, EMPTY_BUDGET);
	struct piece piece;

	series.count = 0;
	while (series.count < count && timed_take(pool, length, &piece, &series))
		piece_give(pool, &piece);
	if (series.count > 0)
		report_series("empty", length, &series);
	return series.count == count;
}

/*
 * What is taken stays taken: given back, the same memory would no longer be on
 * loan. Returns false when the pool has nothing left.
 */
static bool hold_piece(const struct pool *pool, uint64_t length, struct pieces *pieces,
		       struct series *series)
{
	if (pieces->count == pieces->capacity ||
	    !timed_take(pool, length, &pieces->items[pieces->count], series))
		return false;
	pieces->count++;
	return true;
}

/* Takes what is not on loan out of the way, until something has to move. */
static bool reach_loan(const struct pool *pool, struct pieces *pieces)
{
	uint64_t migrated = vmstat("pgmigrate_success");
	struct series unused;

	do {
		unused.count = 0;
		if (!hold_piece(pool, APPROACH, pieces, &unused))
			return false;
	} while (vmstat("pgmigrate_success") == migrated);
	return true;
}

/*
 * Only an allocation that something had to make room for counts. Returns how
 * many pages moved for it.
 */
static uint64_t measure_lent(const struct pool *pool, uint64_t length, uint64_t budget,
			     struct pieces *pieces)
{
	static struct series series;
	uint64_t before, moved, migrated = 0, idle = 0;
	size_t count = sample_count(length, budget);

	series.count = 0;
	while (series.count < count) {
		before = vmstat("pgmigrate_success");
		if (!hold_piece(pool, length, pieces, &series))
			break;
		moved = vmstat("pgmigrate_success") - before;
		migrated += moved;
		if (moved > 0) {
			idle = 0;
			continue;
		}
		series.count--;
		/* The first fit: holes that are too small for the approach go before the loan. */
		idle += length;
		if (idle < APPROACH)
			continue;
		idle = 0;
		if (!reach_loan(pool, pieces))
			break;
	}
	if (series.count > 0)
		report_series("borrowed", length, &series);
	report_rank("borrowed", length, "migrated", migrated, "pages");
	return migrated;
}

static bool is_measured(const struct pool *pool, uint64_t length)
{
	return length <= LARGEST && length <= pool->region.size / 4;
}

static struct verdict measure_all_empty(const struct pool *pool)
{
	for (uint64_t length = SMALLEST; is_measured(pool, length); length *= STEP)
		if (!measure_empty(pool, length))
			return fail("an empty pool has no piece of %" PRIu64 " bytes", length);
	return pass("empty");
}

static struct verdict measure_all_lent(const struct pool *pool)
{
	static struct piece items[PIECE_LIMIT];
	struct pieces pieces = { .items = items, .capacity = PIECE_LIMIT };
	struct loan loan;
	const char *reason = loan_take(pool, &loan);
	uint64_t migrated = 0;

	if (reason)
		return inconclusive("%s", reason);
	figure("borrowed-from-pool", loan.borrowed, "bytes");
	for (uint64_t length = SMALLEST; is_measured(pool, length); length *= STEP)
		migrated += measure_lent(pool, length, loan.borrowed / SIZES, &pieces);
	pieces_give(&pieces, pool);
	loan_return(&loan);
	if (loan.borrowed == 0)
		return inconclusive("the kernel placed no movable page in the pool");
	if (migrated == 0)
		return inconclusive("no allocation met a page on loan");
	return pass("lent");
}

/* The fault `hold`: the pool is taken by something else. */
static void hold_all(const struct pool *pool)
{
	struct piece piece;

	for (uint64_t length = LARGEST; length >= SMALLEST; length /= 2)
		while (piece_take(pool, length, &piece) == 0)
			;
}

static struct verdict measure(const struct pool *pool, const struct options *options)
{
	struct baseline baseline = baseline_read(pool);
	struct verdict result;

	figure_text("clock", "guest time under emulation");
	if (has_fault(options, "hold"))
		hold_all(pool);
	result = measure_all_empty(pool);
	if (result.outcome == PASS)
		result = measure_all_lent(pool);
	if (result.outcome == PASS)
		result = check_returned(pool, &baseline);
	if (result.outcome == PASS)
		result = pass("measured, empty and lent; the times are emulated");
	return result;
}

struct verdict test_latency(const struct options *options)
{
	return with_pool(options, measure);
}
