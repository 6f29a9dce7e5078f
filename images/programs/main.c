/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"
#include "tests.h"

#define EXIT_USAGE 64

struct test {
	const char *name;
	struct verdict (*run)(const struct options *options);
};

#define TEST_ENTRY(name) { #name, test_##name },
static const struct test tests[] = { TESTS(TEST_ENTRY) };

#define TEST_COUNT (sizeof tests / sizeof tests[0])

static const char *const outcome_names[] = {
	[PASS] = "pass",
	[FAIL] = "fail",
	[INCONCLUSIVE] = "inconclusive",
};

struct verdict verdict(enum outcome outcome, const char *format, ...)
{
	struct verdict verdict = { .outcome = outcome };
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(verdict.reason, sizeof verdict.reason, format, arguments);
	va_end(arguments);
	return verdict;
}

void figure(const char *key, uint64_t value, const char *unit)
{
	printf("%s\t%" PRIu64 "\t%s\n", key, value, unit);
}

void figure_address(const char *key, uint64_t address)
{
	printf("%s\t0x%" PRIx64 "\taddress\n", key, address);
}

void figure_text(const char *key, const char *text)
{
	printf("%s\t%s\ttext\n", key, text);
}

static int run(const struct test *test, const struct options *options)
{
	uint64_t start = now_ns();
	struct verdict result = test->run(options);

	figure("elapsed", now_ns() - start, "ns");
	printf("verdict\t%s\t%s\n", outcome_names[result.outcome], result.reason);
	return fflush(stdout) == 0 ? result.outcome : INCONCLUSIVE;
}

static int usage(void)
{
	fprintf(stderr, "usage: tests NAME [SEED [FAULT]]\n");
	for (size_t i = 0; i < TEST_COUNT; i++)
		fprintf(stderr, "  %s\n", tests[i].name);
	return EXIT_USAGE;
}

int main(int count, char **arguments)
{
	struct options options = { .seed = 1, .fault = "" };

	if (count < 2 || count > 4)
		return usage();
	if (count > 2)
		options.seed = strtoull(arguments[2], NULL, 0);
	if (count > 3)
		options.fault = arguments[3];
	for (size_t i = 0; i < TEST_COUNT; i++)
		if (strcmp(arguments[1], tests[i].name) == 0)
			return run(&tests[i], &options);
	return usage();
}
