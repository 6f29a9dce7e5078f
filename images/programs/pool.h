/* SPDX-License-Identifier: Apache-2.0 */
/* Contiguous memory through /dev/cma_mem. */
#ifndef CMALAB_POOL_H
#define CMALAB_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../module/uapi/cmalab.h"
#include "tests.h"

#define AREA_BYTES 300

struct pool {
	int device;
	struct cmalab_region region;
	/* Its debugfs directory; "" if the kernel has none. */
	char area[AREA_BYTES];
};

/* Opens the device, no region yet. If it cannot, *reason says why. */
bool pool_open_device(struct pool *pool, struct verdict *reason);
/* Opens the default pool. */
bool pool_open(struct pool *pool, struct verdict *reason);
void pool_close(struct pool *pool);
/* Looks at another region through the same device; false past the last one. */
bool pool_select(struct pool *pool, uint32_t index);

/* Bytes of the pool that are taken, by the kernel too; or UNKNOWN. */
uint64_t pool_used(const struct pool *pool);

struct piece {
	uint64_t base;
	uint64_t length;
};

/* Returns 0 or an errno: ENOSPC is a piece that lay outside the region. */
int piece_take(const struct pool *pool, uint64_t length, struct piece *piece);
int piece_give(const struct pool *pool, const struct piece *piece);
/* /proc/cmalab lists an allocation that starts there. */
bool piece_is_listed(uint64_t base);
void *piece_map(const struct pool *pool, const struct piece *piece);
void piece_unmap(const struct piece *piece, void *mapping);

struct pieces {
	struct piece *items;
	size_t count;
	size_t capacity;
	/* Requests that the kernel would have met from outside the region. */
	uint64_t fallbacks;
};

/*
 * Room for every piece that the region can hold, touched beforehand: the
 * measurement itself must not take memory from the pool.
 */
bool pieces_prepare(struct pieces *pieces, const struct pool *pool, uint64_t smallest);
void pieces_dispose(struct pieces *pieces);

/* Takes pieces of this length until the region has none, or up to limit bytes. */
void pieces_take(struct pieces *pieces, const struct pool *pool, uint64_t length, uint64_t limit);
/* Halves the length from largest to smallest, each until the region has none. */
void pieces_take_all(struct pieces *pieces, const struct pool *pool, uint64_t largest,
		     uint64_t smallest);
uint64_t pieces_bytes(const struct pieces *pieces);
void pieces_shuffle(struct pieces *pieces, uint64_t *state);
/* Gives all back. Returns how many the driver refused to take. */
size_t pieces_give(struct pieces *pieces, const struct pool *pool);

/* Sorts by base. Returns a piece that overlaps the one before it, or NULL. */
const struct piece *pieces_overlap(struct pieces *pieces);
/* A piece that is not wholly inside [base, base + size), or NULL. */
const struct piece *pieces_stray(const struct pieces *pieces, uint64_t base, uint64_t size);

/* Words that depend on the address where they should be. */
void pattern_write(void *mapping, uint64_t base, uint64_t length);
/* Returns the offset of the first wrong word, or length. */
uint64_t pattern_mismatch(const void *mapping, uint64_t base, uint64_t length);

/*
 * The same words, but only the first of each line: an eighth of the work, for
 * memory whose every page has to be seen but not its every byte.
 */
#define PATTERN_LINE_BYTES 64
void pattern_write_lines(void *mapping, uint64_t base, uint64_t length);
uint64_t pattern_mismatch_lines(const void *mapping, uint64_t base, uint64_t length);

#endif
