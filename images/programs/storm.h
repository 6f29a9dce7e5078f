/* SPDX-License-Identifier: Apache-2.0 */
/* The storm of calls that fuzz makes: who makes them, and how they are counted. */
#ifndef CMALAB_STORM_H
#define CMALAB_STORM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "pool.h"

#define THREADS_AT_MOST 8
#define SHARED_PIECES 64

enum kind { ALLOCATE, RELEASE, QUERY, REGION, MAP, SHARE, NONSENSE, KINDS };

struct storm;

/* The calls of one kind: how many there were, how many were granted, how long they took. */
struct tally {
	uint64_t calls;
	uint64_t granted;
	uint64_t time;
};

struct caller {
	struct storm *storm;
	uint64_t state;
	unsigned int calls;
	struct tally tallies[KINDS];
	pthread_t thread;
};

/* In memory that both processes share. */
struct storm {
	const struct pool *pool;
	/* Pieces that any thread may take, map, export and release under the others. */
	_Atomic uint64_t bases[SHARED_PIECES];
	struct caller callers[THREADS_AT_MOST];
	_Atomic unsigned int threads; /* that could be started */
};

extern const char *const kind_names[KINDS];

/* Makes the calls of a caller, which is the argument: the function of a thread. */
void *make_calls(void *argument);

#endif
