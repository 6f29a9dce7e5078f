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

/* Every test, NAME of test_NAME in a file of its own, in the order of 'all'. */
#define TESTS(EACH) \
	EACH(allocate) \
	EACH(largest) \
	EACH(region) \
	EACH(mmap) \
	EACH(latency) \
	EACH(churn) \
	EACH(borrowed) \
	EACH(dmabuf) \
	EACH(heap) \
	EACH(pinned) \
	EACH(fuzz)

#define DECLARE_TEST(name) struct verdict test_##name(const struct options *options);
TESTS(DECLARE_TEST)
#undef DECLARE_TEST

#endif
