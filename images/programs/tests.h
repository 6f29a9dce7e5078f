/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tests of a guest's contiguous memory. Each prints figures, one a line,
 *
 *	KEY<TAB>VALUE<TAB>UNIT
 *
 * and ends with its verdict:
 *
 *	verdict<TAB>pass|fail|inconclusive<TAB>REASON
 */
#ifndef CMALAB_TESTS_H
#define CMALAB_TESTS_H

#include <stdint.h>

struct options {
	uint64_t seed;
	/* What the test should do wrong, so that it is seen to notice; or "". */
	const char *fault;
};

enum outcome { PASS, FAIL, INCONCLUSIVE };

struct verdict {
	enum outcome outcome;
	char reason[256];
};

struct verdict verdict(enum outcome outcome, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define pass(...) verdict(PASS, __VA_ARGS__)
#define fail(...) verdict(FAIL, __VA_ARGS__)
#define inconclusive(...) verdict(INCONCLUSIVE, __VA_ARGS__)

void figure(const char *key, uint64_t value, const char *unit);
void figure_address(const char *key, uint64_t address);
void figure_text(const char *key, const char *text);

struct verdict test_allocate(const struct options *options);
struct verdict test_borrowed(const struct options *options);
struct verdict test_churn(const struct options *options);
struct verdict test_dmabuf(const struct options *options);
struct verdict test_fuzz(const struct options *options);
struct verdict test_heap(const struct options *options);
struct verdict test_largest(const struct options *options);
struct verdict test_latency(const struct options *options);
struct verdict test_mmap(const struct options *options);
struct verdict test_pinned(const struct options *options);
struct verdict test_region(const struct options *options);

#endif
