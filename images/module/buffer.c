// SPDX-License-Identifier: GPL-2.0-only
/*
 * An allocation as a dma-buf: other devices map the same pages, none is copied.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/fcntl.h>
#include <linux/highmem.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "cmalab.h"
#include "lines.h"

MODULE_IMPORT_NS(NAMESPACE(DMA_BUF));

struct buffer {
	struct allocation *allocation;
	struct mutex lock; /* of the attachments and whether they are mapped */
	struct list_head attachments;
};

/* One device's view of the buffer. */
struct attachment {
	struct list_head link;
	struct device *dev;
	struct sg_table table;
	bool mapped;
};

static int buffer_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct buffer *buffer = dmabuf->priv;
	struct allocation *allocation = buffer->allocation;
	struct attachment *attachment = kzalloc_obj(*attachment);
	int error;

	if (!attachment)
		return -ENOMEM;
	error = sg_alloc_table(&attachment->table, 1, GFP_KERNEL);
	if (error) {
		kfree(attachment);
		return error;
	}
	sg_set_page(attachment->table.sgl, pfn_to_page(PHYS_PFN(allocation->base)),
		    allocation->length, 0);
	attachment->dev = attach->dev;
	attach->priv = attachment;
	mutex_lock(&buffer->lock);
	list_add(&attachment->link, &buffer->attachments);
	mutex_unlock(&buffer->lock);
	return 0;
}

static void buffer_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct buffer *buffer = dmabuf->priv;
	struct attachment *attachment = attach->priv;

	mutex_lock(&buffer->lock);
	list_del(&attachment->link);
	mutex_unlock(&buffer->lock);
	sg_free_table(&attachment->table);
	kfree(attachment);
}

static struct sg_table *buffer_map(struct dma_buf_attachment *attach,
				   enum dma_data_direction direction)
{
	struct buffer *buffer = attach->dmabuf->priv;
	struct attachment *attachment = attach->priv;
	int error = dma_map_sgtable(attach->dev, &attachment->table, direction, 0);

	if (error)
		return ERR_PTR(error);
	mutex_lock(&buffer->lock);
	attachment->mapped = true;
	mutex_unlock(&buffer->lock);
	return &attachment->table;
}

static void buffer_unmap(struct dma_buf_attachment *attach, struct sg_table *table,
			 enum dma_data_direction direction)
{
	struct buffer *buffer = attach->dmabuf->priv;
	struct attachment *attachment = attach->priv;

	mutex_lock(&buffer->lock);
	attachment->mapped = false;
	mutex_unlock(&buffer->lock);
	dma_unmap_sgtable(attach->dev, table, direction, 0);
}

static int buffer_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	struct buffer *buffer = dmabuf->priv;
	struct attachment *attachment;

	mutex_lock(&buffer->lock);
	list_for_each_entry(attachment, &buffer->attachments, link)
		if (attachment->mapped)
			dma_sync_sgtable_for_cpu(attachment->dev, &attachment->table, direction);
	mutex_unlock(&buffer->lock);
	return 0;
}

static int buffer_end_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	struct buffer *buffer = dmabuf->priv;
	struct attachment *attachment;

	mutex_lock(&buffer->lock);
	list_for_each_entry(attachment, &buffer->attachments, link)
		if (attachment->mapped)
			dma_sync_sgtable_for_device(attachment->dev, &attachment->table, direction);
	mutex_unlock(&buffer->lock);
	return 0;
}

static int buffer_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct buffer *buffer = dmabuf->priv;

	return allocation_map(buffer->allocation, (u64)vma->vm_pgoff << PAGE_SHIFT, vma);
}

static void buffer_release(struct dma_buf *dmabuf)
{
	struct buffer *buffer = dmabuf->priv;

	allocation_put(buffer->allocation);
	kfree(buffer);
}

static const struct dma_buf_ops buffer_operations = {
	.attach = buffer_attach,
	.detach = buffer_detach,
	.map_dma_buf = buffer_map,
	.unmap_dma_buf = buffer_unmap,
	.begin_cpu_access = buffer_begin_cpu_access,
	.end_cpu_access = buffer_end_cpu_access,
	.mmap = buffer_mmap,
	.release = buffer_release,
};

int buffer_export(struct allocation *allocation)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct buffer *buffer;
	struct dma_buf *dmabuf;
	int descriptor;

	/* A carveout has no pages to put into a scatter list. */
	if (allocation->region->kind == CMALAB_CARVEOUT)
		return -EOPNOTSUPP;
	/* A scatter list counts a segment's bytes in an unsigned int. */
	if (allocation->length > UINT_MAX)
		return -EFBIG;
	buffer = kzalloc_obj(*buffer);
	if (!buffer)
		return -ENOMEM;
	mutex_init(&buffer->lock);
	INIT_LIST_HEAD(&buffer->attachments);
	buffer->allocation = allocation;
	allocation_clear(allocation);
	info.ops = &buffer_operations;
	info.size = allocation->length;
	info.flags = O_RDWR;
	info.priv = buffer;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf)) {
		kfree(buffer);
		return PTR_ERR(dmabuf);
	}
	allocation_get(allocation);
	descriptor = dma_buf_fd(dmabuf, O_CLOEXEC);
	if (descriptor < 0)
		dma_buf_put(dmabuf);
	return descriptor;
}

/* The second device's access to one word, by the page that its mapping names. */
static int access_word(struct dma_buf *dmabuf, const struct sg_table *table,
		       struct cmalab_import *request)
{
	u64 offset = request->offset;
	u64 *word, found;
	void *address;
	int error;

	if (offset % sizeof(u64) != 0 || offset >= dmabuf->size)
		return -EINVAL;
	error = dma_buf_begin_cpu_access(dmabuf, DMA_BIDIRECTIONAL);
	if (error)
		return error;
	address = kmap_local_page(pfn_to_page(page_to_pfn(sg_page(table->sgl)) + PHYS_PFN(offset)));
	word = address + offset_in_page(offset);
	found = *word;
	if (request->flags & CMALAB_WRITE)
		*word = request->value;
	kunmap_local(address);
	request->value = found;
	return dma_buf_end_cpu_access(dmabuf, DMA_BIDIRECTIONAL);
}

static int inspect(struct dma_buf *dmabuf, struct dma_buf_attachment *attach,
		   struct cmalab_import *request)
{
	struct sg_table *table = dma_buf_map_attachment_unlocked(attach, DMA_BIDIRECTIONAL);
	int error = 0;

	if (IS_ERR(table))
		return PTR_ERR(table);
	request->base = sg_dma_address(table->sgl);
	request->length = sg_dma_len(table->sgl);
	request->segments = table->nents;
	/* Another exporter's pages are not ours to touch. */
	if (dmabuf->ops == &buffer_operations)
		error = access_word(dmabuf, table, request);
	dma_buf_unmap_attachment_unlocked(attach, table, DMA_BIDIRECTIONAL);
	return error;
}

/* The second device maps one buffer at a time: two of them may be the same memory. */
static DEFINE_MUTEX(second_device);

int buffer_import(struct cmalab_import *request)
{
	struct dma_buf_attachment *attach;
	struct dma_buf *dmabuf;
	int error;

	if (request->flags & ~CMALAB_WRITE || request->reserved != 0)
		return -EINVAL;
	dmabuf = dma_buf_get(request->fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	attach = dma_buf_attach(dmabuf, cmalab_importer);
	if (IS_ERR(attach)) {
		error = PTR_ERR(attach);
	} else {
		mutex_lock(&second_device);
		error = inspect(dmabuf, attach, request);
		mutex_unlock(&second_device);
		dma_buf_detach(dmabuf, attach);
	}
	dma_buf_put(dmabuf);
	return error;
}
