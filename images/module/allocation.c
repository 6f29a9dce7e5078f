// SPDX-License-Identifier: GPL-2.0-only
/*
 * One piece of contiguous memory, from the DMA API to its last holder.
 *
 * No kernel mapping is asked for: the memory stays untouched until somebody
 * looks at it, which makes taking a whole pool cheap.
 */
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "cmalab.h"
#include "lines.h"

#define ALLOCATION_ATTRS (DMA_ATTR_NO_KERNEL_MAPPING | DMA_ATTR_NO_WARN)
#define PAGES_BETWEEN_BREAKS 256

/* The bus address is not always the physical one: let the DMA API say. */
static int locate(struct allocation *allocation)
{
	struct sg_table table;
	int error;

	if (allocation->region->kind == CMALAB_CARVEOUT) {
		/* Memory without pages; a device's own pool is mapped 1:1. */
		allocation->base = allocation->dma_address;
		return 0;
	}
	error = dma_get_sgtable_attrs(allocation->region->dev, &table, allocation->cookie,
				      allocation->dma_address, allocation->length,
				      ALLOCATION_ATTRS);
	if (error)
		return error;
	allocation->base = page_to_phys(sg_page(table.sgl));
	sg_free_table(&table);
	return 0;
}

static void release_memory(struct allocation *allocation)
{
	dma_free_attrs(allocation->region->dev, allocation->length, allocation->cookie,
		       allocation->dma_address, ALLOCATION_ATTRS);
}

struct allocation *allocation_create(struct region *region, size_t length)
{
	struct allocation *allocation = kzalloc_obj(*allocation);
	int error;

	if (!allocation)
		return ERR_PTR(-ENOMEM);
	kref_init(&allocation->holders);
	mutex_init(&allocation->clearing);
	allocation->region = region;
	allocation->length = length;
	allocation->owner = task_tgid_nr(current);
	get_task_comm(allocation->owner_name, current);
	/* That the pool is used up is an answer, for which nobody has to be killed. */
	allocation->cookie = dma_alloc_attrs(region->dev, length, &allocation->dma_address,
					     GFP_KERNEL | __GFP_NORETRY, ALLOCATION_ATTRS);
	if (!allocation->cookie) {
		kfree(allocation);
		return ERR_PTR(-ENOMEM);
	}
	error = locate(allocation);
	if (error) {
		release_memory(allocation);
		kfree(allocation);
		return ERR_PTR(error);
	}
	/* The kernel clears a carveout when it hands it out. */
	allocation->cleared = region->kind == CMALAB_CARVEOUT;
	mutex_lock(&cmalab_lock);
	list_add_tail(&allocation->link, &cmalab_allocations);
	mutex_unlock(&cmalab_lock);
	return allocation;
}

void allocation_get(struct allocation *allocation)
{
	kref_get(&allocation->holders);
}

static void destroy(struct kref *holders)
{
	struct allocation *allocation = container_of(holders, struct allocation, holders);

	mutex_lock(&cmalab_lock);
	list_del(&allocation->link);
	mutex_unlock(&cmalab_lock);
	release_memory(allocation);
	kfree(allocation);
}

void allocation_put(struct allocation *allocation)
{
	kref_put(&allocation->holders, destroy);
}

/* The DMA API leaves a full pool for the page allocator, silently. */
u32 allocation_flags(const struct allocation *allocation)
{
	const struct region *region = allocation->region;

	if (region->size == 0)
		return CMALAB_UNVERIFIED;
	if (allocation->base < region->base || allocation->length > region->size ||
	    allocation->base - region->base > region->size - allocation->length)
		return CMALAB_FALLBACK;
	return 0;
}

void allocation_clear(struct allocation *allocation)
{
	unsigned long first = PHYS_PFN(allocation->base);
	unsigned long count = allocation->length >> PAGE_SHIFT;
	unsigned long i;

	mutex_lock(&allocation->clearing);
	if (!allocation->cleared) {
		for (i = 0; i < count; i++) {
			clear_highpage(pfn_to_page(first + i));
			if (i % PAGES_BETWEEN_BREAKS == 0)
				cond_resched();
		}
		allocation->cleared = true;
	}
	mutex_unlock(&allocation->clearing);
}

static void mapping_open(struct vm_area_struct *vma)
{
	allocation_get(vma->vm_private_data);
}

static void mapping_close(struct vm_area_struct *vma)
{
	allocation_put(vma->vm_private_data);
}

static const struct vm_operations_struct mapping_operations = {
	.open = mapping_open,
	.close = mapping_close,
};

/*
 * Nobody writes this memory back, so its dirty state is of no use: where the
 * hardware does not keep it, each page's first write would fault for it.
 */
static pgprot_t dirty_from_the_start(pgprot_t protection)
{
	return __pgprot(pte_val(pte_mkdirty(__pte(pgprot_val(protection)))));
}

int allocation_map(struct allocation *allocation, u64 offset, struct vm_area_struct *vma)
{
	unsigned long length = vma->vm_end - vma->vm_start;
	unsigned long file_offset = vma->vm_pgoff;
	int error;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (offset >= allocation->length || length > allocation->length - offset)
		return -EINVAL;
	allocation_clear(allocation);
	vma->vm_page_prot = dirty_from_the_start(vma->vm_page_prot);
	/* The DMA API counts from the start of the allocation. */
	vma->vm_pgoff = offset >> PAGE_SHIFT;
	error = dma_mmap_attrs(allocation->region->dev, vma, allocation->cookie,
			       allocation->dma_address, allocation->length, ALLOCATION_ATTRS);
	vma->vm_pgoff = file_offset;
	if (error)
		return error;
	allocation_get(allocation);
	vma->vm_private_data = allocation;
	vma->vm_ops = &mapping_operations;
	return 0;
}
