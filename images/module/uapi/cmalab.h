/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/cma_mem: contiguous memory that user space can hold, map and share.
 *
 * An allocation is known by its physical base: RELEASE and QUERY take it, and
 * it is the offset for mmap(). An address inside an allocation maps the rest
 * of it, or less. Every structure has the same layout for 32- and 64-bit
 * callers.
 */
#ifndef CMALAB_UAPI_H
#define CMALAB_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define CMALAB_DEVICE "/dev/cma_mem"
#define CMALAB_NAME_BYTES 48

/* What backs a region. */
enum cmalab_region_kind {
	CMALAB_DEFAULT_POOL = 0,  /* the pool of devices that name none */
	CMALAB_REUSABLE_POOL = 1, /* reserved-memory, reusable: CMA */
	CMALAB_CARVEOUT = 2,	  /* reserved-memory, no-map */
};

struct cmalab_region {
	__u32 index; /* in; ENOENT past the last one */
	__u32 kind;
	__u64 base;
	__u64 size; /* 0: where the pool lies is not known */
	char name[CMALAB_NAME_BYTES];
};

/* The kernel went outside the region; the memory was given back. */
#define CMALAB_FALLBACK 0x1
/* The region's place is not known: nobody can say whether it was left. */
#define CMALAB_UNVERIFIED 0x2

struct cmalab_allocation {
	__u64 length; /* in: not 0; out: rounded up to pages */
	__u64 base;   /* out; in for QUERY */
	__u32 region; /* in */
	__u32 flags;  /* out; must be 0 on the way in */
};

#define CMALAB_WRITE 0x1

/*
 * A second device attaches to the buffer, maps it, and reads the word at
 * offset between begin and end of CPU access; with CMALAB_WRITE it then stores
 * value there. A buffer of another exporter is located but not touched: its
 * value stays as it came.
 */
struct cmalab_import {
	__s32 fd;	/* in: a dma-buf */
	__u32 flags;	/* in */
	__u64 offset;	/* in: bytes, a multiple of 8 */
	__u64 value;	/* in: to store; out: what was there */
	__u64 base;	/* out: as the second device sees it */
	__u64 length;	/* out: of the first segment */
	__u32 segments; /* out */
	__u32 reserved;
};

#define CMALAB_IOCTL_TYPE 0xb7

/*
 * ENOSPC with CMALAB_FALLBACK in flags: the region had no room, and the kernel
 * offered the memory at base instead.
 */
#define CMALAB_ALLOCATE _IOWR(CMALAB_IOCTL_TYPE, 0, struct cmalab_allocation)
/* Takes the base. What is mapped or exported stays until that ends. */
#define CMALAB_RELEASE _IOW(CMALAB_IOCTL_TYPE, 1, __u64)
/* Takes any address inside an allocation of this open file. */
#define CMALAB_QUERY _IOWR(CMALAB_IOCTL_TYPE, 2, struct cmalab_allocation)
#define CMALAB_REGION _IOWR(CMALAB_IOCTL_TYPE, 3, struct cmalab_region)
/* Takes the base, returns a dma-buf file descriptor. */
#define CMALAB_EXPORT _IOW(CMALAB_IOCTL_TYPE, 4, __u64)
#define CMALAB_IMPORT _IOWR(CMALAB_IOCTL_TYPE, 5, struct cmalab_import)

#endif
