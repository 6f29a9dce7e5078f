/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says, and the few things that every test needs. */
#ifndef CMALAB_SYSTEM_H
#define CMALAB_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

/* The kernel does not say: the file or the key is missing. */
#define UNKNOWN UINT64_MAX

uint64_t page_bytes(void);
uint64_t now_ns(void);

/* Figures of /proc/meminfo in bytes, and counters of /proc/vmstat. */
uint64_t meminfo(const char *key);
uint64_t vmstat(const char *key);

/* Pages that were freed but still sit in the CPUs' own lists. */
uint64_t pages_in_cpu_lists(void);

/* The debugfs directory of the CMA area that starts at base; false if none. */
bool find_area(uint64_t base, char *directory, size_t bytes);
uint64_t area_figure(const char *directory, const char *name);

/* A repeatable sequence. */
uint64_t random_next(uint64_t *state);
uint64_t random_below(uint64_t *state, uint64_t limit);

#endif
