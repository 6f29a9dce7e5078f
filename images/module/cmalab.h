/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CMALAB_H
#define CMALAB_H

#include <linux/device.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "uapi/cmalab.h"

/* A device and the memory that the kernel gives it. */
struct region {
	struct list_head link;
	struct device *dev;
	u32 index;
	enum cmalab_region_kind kind;
	phys_addr_t base;
	u64 size;
	char name[CMALAB_NAME_BYTES];
};

/* Held by the open file that asked, by each mapping and by each dma-buf. */
struct allocation {
	struct kref holders;
	struct list_head link; /* of all, under cmalab_lock */
	struct rb_node node;   /* of the open file */
	struct region *region;
	phys_addr_t base;
	size_t length;
	void *cookie; /* of the DMA API; not an address */
	dma_addr_t dma_address;
	struct mutex clearing; /* once, whoever looks first */
	bool cleared;
	pid_t owner;
	char owner_name[TASK_COMM_LEN];
};

struct vm_area_struct;

/* Guards the lists of regions and allocations. */
extern struct mutex cmalab_lock;
extern struct list_head cmalab_regions;
extern struct list_head cmalab_allocations;

/* The second device of the dma-buf test. */
extern struct device *cmalab_importer;

struct region *region_at(u32 index);

struct allocation *allocation_create(struct region *region, size_t length);
void allocation_get(struct allocation *allocation);
void allocation_put(struct allocation *allocation);
u32 allocation_flags(const struct allocation *allocation);
/* Clears it if nobody has yet; to be called before user space sees it. */
void allocation_clear(struct allocation *allocation);
/* Maps from the byte offset on; refuses what reaches over the end. */
int allocation_map(struct allocation *allocation, u64 offset, struct vm_area_struct *vma);

int buffer_export(struct allocation *allocation);
int buffer_import(struct cmalab_import *request);

int file_register(void);
void file_unregister(void);
int listing_register(void);
void listing_unregister(void);

#endif
