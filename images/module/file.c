// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/cma_mem. Each open file has its own allocations, in order of their
 * physical base, and sees no others.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cmalab.h"
#include "lines.h"

struct holder {
	struct mutex lock; /* of the tree */
	struct rb_root allocations;
};

/* The allocation that contains the address. */
static struct allocation *find(struct holder *holder, u64 address)
{
	struct rb_node *node = holder->allocations.rb_node;

	while (node) {
		struct allocation *allocation = rb_entry(node, struct allocation, node);

		if (address < allocation->base)
			node = node->rb_left;
		else if (address - allocation->base >= allocation->length)
			node = node->rb_right;
		else
			return allocation;
	}
	return NULL;
}

/* The same, held for the caller. */
static struct allocation *find_and_get(struct holder *holder, u64 address)
{
	struct allocation *allocation;

	mutex_lock(&holder->lock);
	allocation = find(holder, address);
	if (allocation)
		allocation_get(allocation);
	mutex_unlock(&holder->lock);
	return allocation;
}

/* Two live allocations never overlap: their bases order them. */
static void insert(struct holder *holder, struct allocation *allocation)
{
	struct rb_node **place, *parent = NULL;

	mutex_lock(&holder->lock);
	place = &holder->allocations.rb_node;
	while (*place) {
		parent = *place;
		if (allocation->base < rb_entry(parent, struct allocation, node)->base)
			place = &parent->rb_left;
		else
			place = &parent->rb_right;
	}
	rb_link_node(&allocation->node, parent, place);
	rb_insert_color(&allocation->node, &holder->allocations);
	mutex_unlock(&holder->lock);
}

static void describe(const struct allocation *allocation, struct cmalab_allocation *request)
{
	request->base = allocation->base;
	request->length = allocation->length;
	request->region = allocation->region->index;
	request->flags = allocation_flags(allocation);
}

/* A request that no region of this size could meet never reaches the allocator. */
static int checked_length(const struct region *region, u64 asked, size_t *length)
{
	if (asked == 0 || asked > SIZE_MAX - PAGE_SIZE)
		return -EINVAL;
	if (region->size != 0 && asked > region->size)
		return -ENOSPC;
	*length = PAGE_ALIGN(asked);
	return 0;
}

static long allocate(struct holder *holder, struct cmalab_allocation __user *user)
{
	struct cmalab_allocation request;
	struct allocation *allocation;
	struct region *region;
	size_t length;
	int error;

	if (copy_from_user(&request, user, sizeof(request)))
		return -EFAULT;
	if (request.flags != 0)
		return -EINVAL;
	region = region_at(request.region);
	if (!region)
		return -ENODEV;
	error = checked_length(region, request.length, &length);
	if (error)
		return error;
	allocation = allocation_create(region, length);
	if (IS_ERR(allocation))
		return PTR_ERR(allocation);
	describe(allocation, &request);
	if (copy_to_user(user, &request, sizeof(request)))
		error = -EFAULT;
	else if (request.flags & CMALAB_FALLBACK)
		error = -ENOSPC;
	if (error) {
		allocation_put(allocation);
		return error;
	}
	insert(holder, allocation);
	return 0;
}

static long release(struct holder *holder, const u64 __user *user)
{
	struct allocation *allocation;
	u64 base;

	if (copy_from_user(&base, user, sizeof(base)))
		return -EFAULT;
	mutex_lock(&holder->lock);
	allocation = find(holder, base);
	if (allocation && allocation->base != base)
		allocation = NULL;
	if (allocation)
		rb_erase(&allocation->node, &holder->allocations);
	mutex_unlock(&holder->lock);
	if (!allocation)
		return -ENOENT;
	allocation_put(allocation);
	return 0;
}

static long query(struct holder *holder, struct cmalab_allocation __user *user)
{
	struct cmalab_allocation request;
	struct allocation *allocation;

	if (copy_from_user(&request, user, sizeof(request)))
		return -EFAULT;
	allocation = find_and_get(holder, request.base);
	if (!allocation)
		return -ENOENT;
	describe(allocation, &request);
	allocation_put(allocation);
	return copy_to_user(user, &request, sizeof(request)) ? -EFAULT : 0;
}

static long describe_region(struct cmalab_region __user *user)
{
	struct cmalab_region answer;
	const struct region *region;

	if (copy_from_user(&answer, user, sizeof(answer)))
		return -EFAULT;
	region = region_at(answer.index);
	if (!region)
		return -ENOENT;
	memset(&answer, 0, sizeof(answer));
	answer.index = region->index;
	answer.kind = region->kind;
	answer.base = region->base;
	answer.size = region->size;
	memcpy(answer.name, region->name, sizeof(answer.name));
	return copy_to_user(user, &answer, sizeof(answer)) ? -EFAULT : 0;
}

static long export(struct holder *holder, const u64 __user *user)
{
	struct allocation *allocation;
	long descriptor;
	u64 base;

	if (copy_from_user(&base, user, sizeof(base)))
		return -EFAULT;
	allocation = find_and_get(holder, base);
	if (!allocation)
		return -ENOENT;
	descriptor = allocation->base == base ? buffer_export(allocation) : -ENOENT;
	allocation_put(allocation);
	return descriptor;
}

static long import(struct cmalab_import __user *user)
{
	struct cmalab_import request;
	int error;

	if (copy_from_user(&request, user, sizeof(request)))
		return -EFAULT;
	error = buffer_import(&request);
	if (error)
		return error;
	return copy_to_user(user, &request, sizeof(request)) ? -EFAULT : 0;
}

static long file_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct holder *holder = file->private_data;
	void __user *user = (void __user *)argument;

	switch (command) {
	case CMALAB_ALLOCATE:
		return allocate(holder, user);
	case CMALAB_RELEASE:
		return release(holder, user);
	case CMALAB_QUERY:
		return query(holder, user);
	case CMALAB_REGION:
		return describe_region(user);
	case CMALAB_EXPORT:
		return export(holder, user);
	case CMALAB_IMPORT:
		return import(user);
	default:
		return -ENOTTY;
	}
}

static int file_mmap(struct file *file, struct vm_area_struct *vma)
{
	u64 address = (u64)vma->vm_pgoff << PAGE_SHIFT;
	struct allocation *allocation = find_and_get(file->private_data, address);
	int error;

	if (!allocation)
		return -EINVAL;
	error = allocation_map(allocation, address - allocation->base, vma);
	allocation_put(allocation);
	return error;
}

static int file_open(struct inode *inode, struct file *file)
{
	struct holder *holder = kzalloc_obj(*holder);

	if (!holder)
		return -ENOMEM;
	mutex_init(&holder->lock);
	holder->allocations = RB_ROOT;
	file->private_data = holder;
#ifdef FMODE_UNSIGNED_OFFSET
	/* Offsets are addresses: on 32 bits the last page ends where they wrap. */
	file->f_mode |= FMODE_UNSIGNED_OFFSET;
#endif
	return 0;
}

/* Nobody else has the file any more: not a thread, nor a mapping. */
static int file_release(struct inode *inode, struct file *file)
{
	struct holder *holder = file->private_data;
	struct rb_node *node;

	while ((node = rb_first(&holder->allocations))) {
		rb_erase(node, &holder->allocations);
		allocation_put(rb_entry(node, struct allocation, node));
	}
	kfree(holder);
	return 0;
}

static const struct file_operations file_operations = {
	.owner = THIS_MODULE,
	.open = file_open,
	.release = file_release,
	.unlocked_ioctl = file_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = file_mmap,
#ifdef FOP_UNSIGNED_OFFSET
	.fop_flags = FOP_UNSIGNED_OFFSET,
#endif
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cma_mem",
	.fops = &file_operations,
	.mode = 0600,
};

int file_register(void)
{
	return misc_register(&device);
}

void file_unregister(void)
{
	misc_deregister(&device);
}
