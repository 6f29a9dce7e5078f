/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz: a bounded, repeatable storm of calls on the test module from several
 * threads of two processes at once, which share one open file: random sizes,
 * addresses and descriptors, valid now and then.
 * The driver must refuse what is wrong, and hold nothing afterwards. Meant for
 * a kernel with its checkers on, whose complaints the kernel's log shows.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "setting.h"
#include "storm.h"
#include "system.h"
#include "tests.h"

#define CALLS 100000

static void report_tallies(const struct storm *storm)
{
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		struct tally sum = { .calls = 0 };
		char key[32];

		for (unsigned int i = 0; i < THREADS_AT_MOST; i++) {
			const struct tally *tally = &storm->callers[i].tallies[kind];

			sum.calls += tally->calls;
			sum.granted += tally->granted;
			sum.time += tally->time;
		}
		snprintf(key, sizeof key, "%s.calls", kind_names[kind]);
		figure(key, sum.calls, "calls");
		snprintf(key, sizeof key, "%s.granted", kind_names[kind]);
		figure(key, sum.granted, "calls");
		snprintf(key, sizeof key, "%s.time", kind_names[kind]);
		figure(key, sum.time, "ns");
	}
}

/* One process's share of the callers. */
static void run_threads(struct storm *storm, unsigned int first, unsigned int end)
{
	bool started[THREADS_AT_MOST] = { false };

	for (unsigned int i = first; i < end; i++) {
		struct caller *caller = &storm->callers[i];

		started[i] = pthread_create(&caller->thread, NULL, make_calls, caller) == 0;
		storm->threads += started[i];
	}
	for (unsigned int i = first; i < end; i++)
		if (started[i])
			pthread_join(storm->callers[i].thread, NULL);
}

static unsigned int prepare_callers(struct storm *storm, const struct options *options)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int count = processors < 2 ? 2 : (unsigned int)processors;

	if (count > THREADS_AT_MOST)
		count = THREADS_AT_MOST;
	for (unsigned int i = 0; i < count; i++) {
		storm->callers[i].storm = storm;
		storm->callers[i].state = options->seed + i;
		storm->callers[i].calls = CALLS / count;
	}
	return count;
}

static struct verdict run_callers(struct storm *storm, const struct options *options)
{
	unsigned int count = prepare_callers(storm, options);
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		run_threads(storm, count / 2, count);
		_exit(0);
	}
	if (child < 0)
		return inconclusive("no second process: %s", strerror(errno));
	run_threads(storm, 0, count / 2);
	if (waitpid(child, &status, 0) < 0 || status != 0)
		return fail("the second process ended with status 0x%x", (unsigned int)status);
	report_tallies(storm);
	figure("seed", options->seed, "number");
	figure("processes", 2, "processes");
	figure("threads", storm->threads, "threads");
	figure("calls", CALLS / count * storm->threads, "calls");
	return pass("all calls were made");
}

/* The log of the kernel's checkers; the count of its complaints must not grow. */
static uint64_t taint(void)
{
	uint64_t value = UNKNOWN;
	FILE *file = fopen("/proc/sys/kernel/tainted", "re");

	if (!file)
		return UNKNOWN;
	if (fscanf(file, "%" SCNu64, &value) != 1)
		value = UNKNOWN;
	fclose(file);
	return value;
}

struct verdict test_fuzz(const struct options *options)
{
	struct storm *storm = mmap(NULL, sizeof *storm, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t taint_before = taint();
	struct verdict result, returned;
	struct baseline baseline;
	struct pool pool;

	if (storm == MAP_FAILED)
		return inconclusive("no memory to share: %s", strerror(errno));
	if (!pool_open(&pool, &result))
		return result;
	baseline = baseline_read(&pool);
	storm->pool = &pool;
	result = run_callers(storm, options);
	/* The fault `leak`: the file, and what it holds, stays open. */
	if (!has_fault(options, "leak"))
		pool_close(&pool);
	returned = check_returned(&pool, &baseline);
	if (result.outcome == PASS)
		result = returned;
	if (result.outcome == PASS && taint() != taint_before)
		result = fail("the kernel complained: its taint went from %" PRIu64 " to %" PRIu64,
			      taint_before, taint());
	if (result.outcome == PASS)
		result = pass("%d calls, nothing held, no complaint", CALLS);
	return result;
}
