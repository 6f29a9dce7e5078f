/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMALAB_INIT_DEFAULT_POOL_H
#define CMALAB_INIT_DEFAULT_POOL_H

#include <stdbool.h>
#include <stdint.h>

/* Where devices without a region of their own get contiguous memory from. */
struct default_pool {
	uint64_t base;
	uint64_t size;
};

/* Asks debugfs, then the kernel's log. False if neither knows. */
bool find_default_pool(struct default_pool *pool);

#endif
