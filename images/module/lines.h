/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel lines call differently. The code is written for the newest of
 * them; the older ones get its names here.
 */
#ifndef LINES_H
#define LINES_H

#include <linux/slab.h>
#include <linux/version.h>

#define KERNEL_BEFORE(major, minor) (KERNEL_VERSION(major, minor, 0) > LINUX_VERSION_CODE)

#if KERNEL_BEFORE(6, 13)
#define NAMESPACE(name) name
#else
#define NAMESPACE(name) #name
#endif

#if KERNEL_BEFORE(6, 2)
#define dma_buf_map_attachment_unlocked dma_buf_map_attachment
#define dma_buf_unmap_attachment_unlocked dma_buf_unmap_attachment
#endif

#if KERNEL_BEFORE(5, 11)
#define kmap_local_page kmap_atomic
#define kunmap_local kunmap_atomic
#endif

#ifndef kzalloc_obj
#define kzalloc_obj(object) kzalloc(sizeof(object), GFP_KERNEL)
#endif

#endif
