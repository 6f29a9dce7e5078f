/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "default_pool.h"
#include "record.h"

#define MODULE "/cmalab.ko"
#define PROGRAM "/tests"
#define COMMAND_LINE_BYTES 4096
#define VALUE_BYTES 512
#define NAME_LIMIT 34 /* "test." and this make a record's name */
#define EXIT_NO_PROGRAM 127
#define OUTCOMES 3 /* exit codes of a test that has given its verdict */

/* The value of `KEY=` on the kernel command line, "" if it is not there. */
static void read_parameter(const char *key, char value[VALUE_BYTES])
{
	static char line[COMMAND_LINE_BYTES];
	size_t length = strlen(key);
	FILE *file = fopen("/proc/cmdline", "re");

	value[0] = '\0';
	if (!file)
		return;
	if (fgets(line, sizeof line, file))
		for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n"))
			if (strncmp(word, key, length) == 0 && word[length] == '=')
				snprintf(value, VALUE_BYTES, "%s", word + length + 1);
	fclose(file);
}

/* The fault `outside`: the pool is said to be where its upper half is. */
static void misplace(struct default_pool *pool)
{
	pool->size /= 2;
	pool->base += pool->size;
}

static void load_module(const char *fault)
{
	struct default_pool pool = { 0, 0 };
	char parameters[96];
	int descriptor = open(MODULE, O_RDONLY | O_CLOEXEC);

	record_begin("module");
	if (descriptor < 0) {
		record_absent(MODULE, errno);
	} else {
		find_default_pool(&pool);
		if (strcmp(fault, "outside") == 0)
			misplace(&pool);
		snprintf(parameters, sizeof parameters,
			 "default_base=0x%" PRIx64 " default_size=0x%" PRIx64, pool.base,
			 pool.size);
		if (syscall(SYS_finit_module, descriptor, parameters, 0) < 0)
			record_failed(MODULE, errno);
		else
			record_format("loaded %s\n", parameters);
		close(descriptor);
	}
	record_end();
}

static void become_test(int output, const char *name, const char *seed, const char *fault)
{
	if (dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0)
		execl(PROGRAM, "tests", name, seed, fault, (char *)NULL);
	_exit(EXIT_NO_PROGRAM);
}

/* Returns whether the output ends in a whole line. */
static bool record_output(int output)
{
	char buffer[4096];
	char last = '\n';

	for (;;) {
		ssize_t count = read(output, buffer, sizeof buffer);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return last == '\n';
		record_bytes(buffer, (size_t)count);
		last = buffer[count - 1];
	}
}

/* How often the kernel's OOM killer came (/proc/vmstat); 0 where it is not counted. */
static unsigned long long oom_kills(void)
{
	unsigned long long count = 0;
	char line[128];
	FILE *file = fopen("/proc/vmstat", "re");

	if (!file)
		return 0;
	while (fgets(line, sizeof line, file))
		if (sscanf(line, "oom_kill %llu", &count) == 1)
			break;
	fclose(file);
	return count;
}

/* A test that ended without a verdict gets one: without memory nothing is refuted. */
static void record_ending(int status, bool met_oom_killer)
{
	if (WIFSIGNALED(status) && met_oom_killer)
		record_text(
			"verdict\tinconclusive\tthe guest ran out of memory: its OOM killer ended "
			"the program\n");
	else if (WIFSIGNALED(status))
		record_format("verdict\tfail\tthe program was killed by signal %d\n",
			      WTERMSIG(status));
	else if (WEXITSTATUS(status) == EXIT_NO_PROGRAM)
		record_format("verdict\tinconclusive\t%s cannot be run\n", PROGRAM);
	else if (WEXITSTATUS(status) >= OUTCOMES)
		record_format("verdict\tinconclusive\tthe program exited with %d\n",
			      WEXITSTATUS(status));
}

static void run_test(const char *name, const char *seed, const char *fault)
{
	unsigned long long kills = oom_kills();
	int ends[2], status;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		record_failed("pipe", errno);
		return;
	}
	child = fork();
	if (child == 0)
		become_test(ends[1], name, seed, fault);
	close(ends[1]);
	if (child < 0) {
		record_failed("fork", errno);
	} else {
		if (!record_output(ends[0]))
			record_text("\n");
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		record_ending(status, oom_kills() > kills);
	}
	close(ends[0]);
}

static bool is_record_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	return length > 0 && length <= NAME_LIMIT && name[length] == '\0';
}

void run_requested_tests(void)
{
	char names[VALUE_BYTES], seed[VALUE_BYTES], fault[VALUE_BYTES];
	char record_name[sizeof "test." + NAME_LIMIT];

	read_parameter("cmalab.test", names);
	if (!names[0])
		return;
	read_parameter("cmalab.seed", seed);
	read_parameter("cmalab.fault", fault);
	load_module(fault);
	for (char *name = strtok(names, ","); name; name = strtok(NULL, ",")) {
		if (!is_record_name(name))
			continue;
		snprintf(record_name, sizeof record_name, "test.%s", name);
		record_begin(record_name);
		run_test(name, seed[0] ? seed : "1", fault);
		record_end();
	}
}
