/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest's first program: mounts what it reads, reports what the kernel says
 * about its memory, runs the tests that were asked for, and powers off. It never
 * reads the console.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "coverage.h"
#include "record.h"
#include "sources.h"
#include "tests.h"

#define EXIT_USAGE 64

struct mount_point {
	const char *type;
	const char *path;
	int error;
};

static struct mount_point mount_points[] = {
	{ "devtmpfs", "/dev", 0 },
	{ "proc", "/proc", 0 },
	{ "sysfs", "/sys", 0 },
	{ "debugfs", "/sys/kernel/debug", 0 },
};

#define MOUNT_POINTS (sizeof mount_points / sizeof mount_points[0])

/* A kernel may lack one of them: the records that need it will say so. */
static void mount_all(void)
{
	for (size_t i = 0; i < MOUNT_POINTS; i++) {
		struct mount_point *point = &mount_points[i];

		if (mkdir(point->path, 0755) < 0 && errno != EEXIST)
			point->error = errno;
		else if (mount(point->type, point->path, point->type, 0, NULL) < 0)
			point->error = errno;
	}
}

static void report_setup(void)
{
	record_begin("setup");
	for (size_t i = 0; i < MOUNT_POINTS; i++)
		record_format("mount\t%s\t%s\n", mount_points[i].path,
			      mount_points[i].error ? strerrorname_np(mount_points[i].error)
						    : "ok");
	record_end();
}

static void report_end(void)
{
	struct timespec uptime = { 0, 0 };

	clock_gettime(CLOCK_BOOTTIME, &uptime);
	record_begin("end");
	record_format("records %u\n", records_written());
	record_format("uptime %lld.%06ld\n", (long long)uptime.tv_sec, uptime.tv_nsec / 1000);
	record_end();
}

/* Init must not return: the kernel would panic over it. */
static void power_off(void)
{
	records_drain();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

int main(void)
{
	if (getpid() != 1) {
		fputs("this is a guest's init: it powers the machine off\n", stderr);
		return EXIT_USAGE;
	}
	mount_all();
	records_open("/dev/console");
	report_setup();
	report_memory();
	run_requested_tests();
	report_coverage();
	report_taint();
	report_kernel_log();
	report_end();
	power_off();
}
