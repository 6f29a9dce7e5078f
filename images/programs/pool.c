/* SPDX-License-Identifier: Apache-2.0 */
#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "system.h"

bool pool_select(struct pool *pool, uint32_t index)
{
	pool->region.index = index;
	if (ioctl(pool->device, CMALAB_REGION, &pool->region) < 0)
		return false;
	if (!find_area(pool->region.base, pool->area, sizeof pool->area))
		pool->area[0] = '\0';
	return true;
}

static bool select_default_region(struct pool *pool)
{
	for (uint32_t index = 0; pool_select(pool, index); index++)
		if (pool->region.kind == CMALAB_DEFAULT_POOL)
			return true;
	return false;
}

bool pool_open_device(struct pool *pool, struct verdict *reason)
{
	pool->device = open(CMALAB_DEVICE, O_RDWR | O_CLOEXEC);
	if (pool->device < 0)
		*reason = inconclusive("the test module is not there: %s: %s", CMALAB_DEVICE,
				       strerror(errno));
	return pool->device >= 0;
}

bool pool_open(struct pool *pool, struct verdict *reason)
{
	if (meminfo("CmaTotal") == 0) {
		*reason = fail("the guest has no CMA: CmaTotal is 0");
		return false;
	}
	if (!pool_open_device(pool, reason))
		return false;
	if (!select_default_region(pool) || pool->region.size == 0) {
		*reason = inconclusive("nobody knows where the default pool lies");
		close(pool->device);
		return false;
	}
	return true;
}

void pool_close(struct pool *pool)
{
	close(pool->device);
}

uint64_t pool_used(const struct pool *pool)
{
	uint64_t pages = pool->area[0] ? area_figure(pool->area, "used") : UNKNOWN;

	return pages == UNKNOWN ? UNKNOWN : pages * page_bytes();
}

int piece_take(const struct pool *pool, uint64_t length, struct piece *piece)
{
	struct cmalab_allocation request = { .length = length, .region = pool->region.index };

	if (ioctl(pool->device, CMALAB_ALLOCATE, &request) < 0)
		return errno;
	piece->base = request.base;
	piece->length = request.length;
	return 0;
}

int piece_give(const struct pool *pool, const struct piece *piece)
{
	__u64 base = piece->base;

	return ioctl(pool->device, CMALAB_RELEASE, &base) < 0 ? errno : 0;
}

bool piece_is_listed(uint64_t base)
{
	uint64_t listed;
	char line[256];
	bool found = false;
	FILE *listing = fopen("/proc/cmalab", "re");

	if (!listing)
		return false;
	while (!found && fgets(line, sizeof line, listing))
		found = sscanf(line, "allocation %*u %" SCNx64, &listed) == 1 && listed == base;
	fclose(listing);
	return found;
}

void *piece_map(const struct pool *pool, const struct piece *piece)
{
	return mmap(NULL, piece->length, PROT_READ | PROT_WRITE, MAP_SHARED, pool->device,
		    (off_t)piece->base);
}

void piece_unmap(const struct piece *piece, void *mapping)
{
	munmap(mapping, piece->length);
}

bool pieces_prepare(struct pieces *pieces, const struct pool *pool, uint64_t smallest)
{
	size_t capacity = pool->region.size / smallest;
	size_t bytes = capacity * sizeof(struct piece);
	void *items = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	memset(pieces, 0, sizeof *pieces);
	if (items == MAP_FAILED)
		return false;
	pieces->items = items;
	pieces->capacity = capacity;
	return true;
}

void pieces_dispose(struct pieces *pieces)
{
	munmap(pieces->items, pieces->capacity * sizeof(struct piece));
}

void pieces_take(struct pieces *pieces, const struct pool *pool, uint64_t length, uint64_t limit)
{
	uint64_t taken = 0;

	while (pieces->count < pieces->capacity && taken + length <= limit) {
		int error = piece_take(pool, length, &pieces->items[pieces->count]);

		if (error == ENOSPC)
			pieces->fallbacks++;
		if (error)
			break;
		taken += pieces->items[pieces->count++].length;
	}
}

void pieces_take_all(struct pieces *pieces, const struct pool *pool, uint64_t largest,
		     uint64_t smallest)
{
	for (uint64_t length = largest; length >= smallest; length /= 2)
		pieces_take(pieces, pool, length, UINT64_MAX);
}

uint64_t pieces_bytes(const struct pieces *pieces)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < pieces->count; i++)
		bytes += pieces->items[i].length;
	return bytes;
}

/* Fisher-Yates. */
void pieces_shuffle(struct pieces *pieces, uint64_t *state)
{
	for (size_t i = pieces->count; i > 1; i--) {
		size_t other = random_below(state, i);
		struct piece piece = pieces->items[i - 1];

		pieces->items[i - 1] = pieces->items[other];
		pieces->items[other] = piece;
	}
}

size_t pieces_give(struct pieces *pieces, const struct pool *pool)
{
	size_t refused = 0;

	for (size_t i = 0; i < pieces->count; i++)
		if (piece_give(pool, &pieces->items[i]) != 0)
			refused++;
	pieces->count = 0;
	return refused;
}

static int by_base(const void *left, const void *right)
{
	uint64_t a = ((const struct piece *)left)->base, b = ((const struct piece *)right)->base;

	return (a > b) - (a < b);
}

const struct piece *pieces_overlap(struct pieces *pieces)
{
	qsort(pieces->items, pieces->count, sizeof(struct piece), by_base);
	for (size_t i = 1; i < pieces->count; i++)
		if (pieces->items[i].base - pieces->items[i - 1].base < pieces->items[i - 1].length)
			return &pieces->items[i];
	return NULL;
}

const struct piece *pieces_stray(const struct pieces *pieces, uint64_t base, uint64_t size)
{
	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->items[i];

		if (piece->base < base || piece->length > size ||
		    piece->base - base > size - piece->length)
			return piece;
	}
	return NULL;
}

/* Neighbouring words differ by a constant: cheap to make, and no two are alike. */
#define PATTERN_STEP UINT64_C(0x9e3779b97f4a7c15)
#define WORDS_A_ROUND 4

static uint64_t pattern_word(uint64_t address)
{
	return address / sizeof(uint64_t) * PATTERN_STEP;
}

void pattern_write(void *mapping, uint64_t base, uint64_t length)
{
	uint64_t *word = mapping, *end = word + length / sizeof *word;
	uint64_t a = pattern_word(base), b = a + PATTERN_STEP;

	for (; word < end; word += WORDS_A_ROUND) {
		word[0] = a;
		word[1] = b;
		word[2] = a + 2 * PATTERN_STEP;
		word[3] = b + 2 * PATTERN_STEP;
		a += WORDS_A_ROUND * PATTERN_STEP;
		b += WORDS_A_ROUND * PATTERN_STEP;
	}
}

uint64_t pattern_mismatch(const void *mapping, uint64_t base, uint64_t length)
{
	const uint64_t *first = mapping, *word = first, *end = word + length / sizeof *word;
	uint64_t a = pattern_word(base), b = a + PATTERN_STEP;

	for (; word < end; word += WORDS_A_ROUND) {
		uint64_t wrong = (word[0] ^ a) | (word[1] ^ b) |
				 (word[2] ^ (a + 2 * PATTERN_STEP)) |
				 (word[3] ^ (b + 2 * PATTERN_STEP));

		if (wrong)
			break;
		a += WORDS_A_ROUND * PATTERN_STEP;
		b += WORDS_A_ROUND * PATTERN_STEP;
	}
	while (word < end && *word == pattern_word(base + (uint64_t)(word - first) * sizeof *word))
		word++;
	return (uint64_t)(word - first) * sizeof *word;
}

#define LINE_WORDS (PATTERN_LINE_BYTES / sizeof(uint64_t))

void pattern_write_lines(void *mapping, uint64_t base, uint64_t length)
{
	uint64_t *word = mapping, *end = word + length / sizeof *word, value = pattern_word(base);

	for (; word < end; word += LINE_WORDS, value += LINE_WORDS * PATTERN_STEP)
		*word = value;
}

uint64_t pattern_mismatch_lines(const void *mapping, uint64_t base, uint64_t length)
{
	const uint64_t *first = mapping, *word = first, *end = word + length / sizeof *word;
	uint64_t value = pattern_word(base);

	for (; word < end && *word == value; word += LINE_WORDS)
		value += LINE_WORDS * PATTERN_STEP;
	return (uint64_t)(word - first) * sizeof *word;
}
